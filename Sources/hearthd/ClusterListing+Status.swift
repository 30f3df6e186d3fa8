import HearthAdmin
import HearthServer

extension ClusterListing {
  /// What the server says, as the interface shows it.
  init(_ status: ClusterStatus) {
    self.init(
      name: status.name, node: status.node, view: status.view, store: status.store, trouble: status.trouble,
      nodes: status.nodes.map(Node.init),
      pairs: status.pair.map { [Pair(nodes: $0.nodes, active: $0.active)] } ?? [])
    change = status.change
    isFileCurrent = status.isFileCurrent
  }
}

extension ClusterListing.Node {
  fileprivate init(_ node: ClusterStatus.Node) {
    self.init(
      name: node.name, zone: node.zone, address: node.address, state: node.state,
      incarnation: node.incarnation, since: node.since, epoch: node.epoch,
      lag: node.lag.map { ClusterListing.Lag(records: $0.records, milliseconds: $0.milliseconds) },
      resync: node.walk.map { walk in
        let done = UInt64(max(walk.done, 0))
        return ClusterListing.Resync(
          items: walk.items, bytes: walk.bytes, percent: done / 10,
          secondsLeft: done == 0 ? nil : walk.milliseconds * (1000 - min(done, 1000)) / done / 1000)
      }, isProtected: node.isProtected)
    isComplete = node.isComplete
  }
}
