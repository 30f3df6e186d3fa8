import CHearth
import Glibc
import HearthCluster
import HearthStorage

/// What the control wants done.
extension ControlThread {
  /// Reads where the data path is.
  func readData() {
    let bounds = Journal.bounds(replication.journal)
    data.appended = bounds.last
    data.logFloor = bounds.floor
    for (node, stream) in replication.streams.enumerated() {
      guard let stream else { continue }
      let acknowledged = replication.acknowledged(by: node)
      data.peers[node] = stream.locked { shared in
        var progress = PeerProgress()
        progress.acknowledged = acknowledged
        progress.pendingSince = shared.owed?.since
        progress.snapshotEnd = shared.snapshotEnd
        progress.applied = shared.applied
        progress.isSnapshotComplete = shared.isSnapshotComplete
        return progress
      }
    }
  }

  func perform(_ action: ControlAction) {
    switch action {
    case .persist(let state): persist(state)
    case .publish(let decision): publish(decision)
    case .discardAll: discardAll()
    case .send(let message, let node): send(message, to: node)
    case .propose(let view, let expecting): propose(view, expecting: expecting)
    case .feed(let node, let stream, let after): begin(node, stream, after: after, isWalk: false)
    case .snapshot(let node, let stream, let isRefresh):
      begin(node, stream, after: Journal.bounds(replication.journal).last, isWalk: true, isRefresh: isRefresh)
    case .stopFeeding(let node):
      replication.streams[node]?.locked { shared in
        shared.sending = 0
        shared.owed = nil
      }
      post(.stopFeeding, to: node)
    case .accept(let node, let stream, let after):
      replication.streams[node]?.locked { shared in
        shared.accepting = stream
        shared.applied = after
        shared.isSnapshotComplete = false
        shared.refreshed = nil
        shared.itemsApplied = 0
      }
      post(.acknowledge(stream: stream, sequence: after), to: node)
    case .refresh(let node, let stream):
      replication.streams[node]?.locked { shared in
        shared.accepting = stream
        shared.applied = 0
        shared.isSnapshotComplete = false
        shared.refreshed = []
      }
    case .ignore(let node): replication.streams[node]?.locked { $0.accepting = 0 }
    case .closeLink(let node): post(.close, to: node)
    case .setRole(let role): self.role = StandbyRole(rawValue: role) ?? .unfit
    case .startFeed, .stopFeed: break
    case .log(let line): log(line)
    }
  }

  /// Tells how far other nodes are that load everything from here: at the beginning, every five seconds, and at the end.
  func tellProgress(_ now: UInt64) {
    for case let stream? in replication.streams {
      let shared = stream.locked { $0 }
      let name = replication.map.nodes[stream.node].name
      let isWalking = shared.walkBegan != 0 && shared.snapshotEnd == nil
      let told = progressTold[stream.node]
      if isWalking, told == 0 || now >= told + 5000 {
        progressTold[stream.node] = now
        log("\(name) loads its copies: \(Self.progress(shared, now))")
      } else if !isWalking, told != 0 {
        progressTold[stream.node] = 0
        if shared.snapshotEnd != nil {
          log("\(name) was sent everything: \(shared.itemsSent) items, \(shared.bytesSent >> 20) MiB")
        }
      }
    }
  }

  private static func progress(_ shared: PeerStream.Shared, _ now: UInt64) -> String {
    let done = UInt64(max(1, shared.walkDone))
    let left = (now - min(shared.walkBegan, now)) * (1000 - min(done, 1000)) / done / 1000
    return
      "\(done / 10) %, \(shared.itemsSent) items, \(shared.bytesSent >> 20) MiB, about \(left) seconds left"
  }

  /// A line for the operator.
  func log(_ line: String) {
    let bytes = Array("hearthd: cluster: \(line)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  private func publish(_ decision: Decision) {
    Journal.setEpoch(replication.journal, decision.epoch)
    let next = UnsafeMutablePointer<Ruling>.allocate(capacity: 1)
    next.initialize(to: Ruling(decision, own: control.node, mapPools: replication.pools))
    publish(next)
    if state != decision.state {
      log("this node is \(decision.state.rawValue) in view \(decision.view.number)")
    }
    state = decision.state
    noteProtection(decision)
  }

  private func noteProtection(_ decision: Decision) {
    if decision.isUnprotected == isUnprotected { return }
    isUnprotected = decision.isUnprotected
    log(
      isUnprotected
        ? "this node has the only ready copy of some keys: they are unprotected"
        : "every key has another ready copy again")
  }

  func post(_ command: PeerStream.Command, to node: Int) {
    guard let stream = replication.streams[node] else { return }
    let connection = connections[node]
    stream.locked { shared in
      // A connection that the control has not heard of yet has nothing to do with what it wants here.
      if shared.keeper != nil, shared.connectionNumber == connection { shared.commands.append(command) }
    }
    wakeKeeper(node)
  }

  private func send(_ message: ControlMessage, to node: Int) {
    var bytes: [UInt8] = []
    message.encode(into: &bytes)
    post(.message(bytes), to: node)
  }

  private func begin(_ node: Int, _ stream: UInt64, after: UInt64, isWalk: Bool, isRefresh: Bool = false) {
    replication.streams[node]?.locked { shared in
      shared.sending = stream
      shared.snapshotEnd = nil
      shared.owed = nil
      shared.itemsSent = 0
      shared.bytesSent = 0
      shared.walkBegan = 0
    }
    // A ready node that takes everything again acknowledges nothing until it has.
    if !isRefresh { replication.setAcknowledged(after, by: node) }
    post(
      isWalk ? .snapshot(stream: stream, after: after) : .feed(stream: stream, after: after), to: node)
  }

  /// Forgets all items of pools with several copies, all records and all positions.
  private func discardAll() {
    for pool in replication.pools { server.pointee.pools.pools[pool].pool.flushAsCopy() }
    Journal.forget(replication.journal)
    for stream in replication.streams {
      stream?.locked { shared in
        shared.applied = 0
        shared.accepting = 0
        shared.refreshed = nil
        shared.isSnapshotComplete = false
      }
    }
  }

  private func persist(_ state: DurableState) {
    guard let stateFile else { return }
    if !stateFile.persist(state) { log("the state cannot be written: \(stateFile.trouble)") }
  }

  private func propose(_ view: View, expecting: UInt64) {
    guard let store else {
      // Without a file or a store the view lives as long as a node does.
      let isCurrent = control.view.number == expecting
      later.append(.proposed(isCurrent ? .accepted(view) : .refused(newer: control.view)))
      return
    }
    store.propose(view, expecting: expecting)
  }
}
