import HearthCluster
import HearthConfig
import HearthStorage

/// `stats cluster`: this node, and what became of the requests that it has passed on to each of the others.
enum ClusterStatistics {
  static func write(_ w: WorkerPointer) -> StatisticsWriter {
    var s = StatisticsWriter()
    let server = w.pointee.server
    guard let cluster = server.pointee.cluster else { return s }
    s.add("node", cluster.configuration.ownNode.name)
    var served: UInt64 = 0
    for i in 0..<server.pointee.workerCount {
      served &+= server.pointee.workers[i].pointee.counters.peerRequests
    }
    s.add("peer_requests", served)
    s.add("peers_refused", cluster.refusedStrangers)
    addDecision(w, &s)
    for index in 0..<cluster.directory.count where index != cluster.configuration.own {
      let node = cluster.directory[index].node
      var (connected, forwarded, failed, losses) = (0, UInt64(0), UInt64(0), UInt64(0))
      for i in 0..<server.pointee.workerCount {
        guard let link = server.pointee.workers[i].pointee.links?[index] else { continue }
        if link.pointee.state == .up { connected += 1 }
        forwarded &+= link.pointee.forwarded
        failed &+= link.pointee.failed
        losses &+= link.pointee.losses
      }
      func add(_ name: String, _ value: some CustomStringConvertible) { s.add("\(node.name):\(name)", value) }
      add("peer", ClusterConfiguration.Address(host: node.peerHost, port: node.peerPort))
      add("connections", connected)
      add("forwarded", forwarded)
      add("failed", failed)
      add("connections_lost", losses)
      addStream(w, index) { add($0, $1) }
      let trouble = cluster.trouble(index)
      if !trouble.isEmpty { add("trouble", trouble) }
    }
    return s
  }

  /// What the control has decided.
  private static func addDecision(_ w: WorkerPointer, _ s: inout StatisticsWriter) {
    guard let control = w.pointee.server.pointee.cluster?.control else { return }
    let picture = control.picture
    s.add("view", picture.view?.number ?? 0)
    s.add("state", picture.state.rawValue)
    s.add("map_change", picture.mapChange)
    s.add("unprotected", picture.isUnprotected ? 1 : 0)
    s.add("clock_set_ms", picture.clockStep)
    s.add("clock_shift_ms", control.replication.clockShift.milliseconds)
    if !picture.storeTrouble.isEmpty { s.add("store_trouble", picture.storeTrouble) }
    let bounds = Journal.bounds(control.replication.journal)
    s.add("journal_last", bounds.last)
    s.add("journal_records", bounds.last - bounds.floor)
    s.add("writes_waiting", w.pointee.waits.count)
  }

  /// The stream to a node, and from it.
  private static func addStream(
    _ w: WorkerPointer, _ node: Int, _ add: (String, String) -> Void
  ) {
    guard let replication = w.pointee.replication, let stream = replication.streams[node] else { return }
    let shared = stream.locked { $0 }
    let isReady = w.pointee.ruling?.pointee.ready.contains(node) ?? false
    add("ready", "\(isReady ? 1 : 0)")
    add("stream", shared.keeper == nil ? "down" : "up")
    add("items_copied", "\(shared.itemsWalked)")
    let now = PeerLinks.now
    if shared.sending != 0 {
      add("acknowledged", "\(replication.acknowledged(by: node))")
      add("lag_ms", "\(shared.owed.map { now - min($0.since, now) } ?? 0)")
      add("resync_items", "\(shared.itemsSent)")
      add(
        "resync_percent", "\(shared.walkBegan == 0 || shared.snapshotEnd != nil ? 100 : shared.walkDone / 10)"
      )
    }
    if shared.accepting != 0 {
      add("applied", "\(shared.applied)")
      add("items_applied", "\(shared.itemsApplied)")
    }
  }
}
