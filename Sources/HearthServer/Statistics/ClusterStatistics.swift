import HearthCluster

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
    for (index, node) in cluster.configuration.nodes.enumerated() where index != cluster.configuration.own {
      var (connected, forwarded, failed, losses) = (0, UInt64(0), UInt64(0), UInt64(0))
      for i in 0..<server.pointee.workerCount {
        guard let link = server.pointee.workers[i].pointee.links?[index] else { continue }
        if link.pointee.state == .up { connected += 1 }
        forwarded &+= link.pointee.forwarded
        failed &+= link.pointee.failed
        losses &+= link.pointee.losses
      }
      func add(_ name: String, _ value: some CustomStringConvertible) { s.add("\(node.name):\(name)", value) }
      add("peer", node.peer)
      add("connections", connected)
      add("forwarded", forwarded)
      add("failed", failed)
      add("connections_lost", losses)
      let trouble = cluster.trouble(index)
      if !trouble.isEmpty { add("trouble", trouble) }
    }
    return s
  }
}
