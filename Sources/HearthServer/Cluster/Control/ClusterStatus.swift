import HearthCluster
import HearthConfig
import HearthStorage

/// A cluster as this node sees it.
public struct ClusterStatus: Sendable {
  /// One node.
  public struct Node: Sendable {
    /// Its name.
    public var name = ""
    /// Its zone; empty: it has none.
    public var zone = ""
    /// Where clients connect.
    public var address = ""
    /// `empty`, `syncing`, `warm`, `active` or `down`.
    public var state = ""
    /// Names the data that make it ready; 0: it is not.
    public var incarnation: UInt64 = 0
    /// Number of the view in which it became ready.
    public var since: UInt64 = 0
    /// Number of the view in which it last became primary of keys; 0: it is of none.
    public var epoch: UInt64 = 0
    /// Records that it has not acknowledged, and the age of the oldest, milliseconds; nil: this node sends it none.
    public var lag: (records: UInt64, milliseconds: UInt64)?
    /// A copying of everything that this node sends: items, bytes, thousandths of it, milliseconds since it began; nil: none is.
    public var walk: (items: UInt64, bytes: UInt64, done: Int, milliseconds: UInt64)?
    /// Another ready node has each key of it.
    public var isProtected = false
  }

  /// The cluster's name.
  public var name: String
  /// This node's.
  public var node: String
  /// Number of the view, 0 before the first.
  public var view: UInt64
  /// Where views become durable: `etcd`, `file` or, not at all, `memory`.
  public var store: String
  /// What is wrong with that; empty: nothing.
  public var trouble: String
  /// All nodes.
  public var nodes: [Node]
  /// The active node of the pair; nil: there is no pair.
  public var pair: (nodes: [String], active: String)?
}

extension Server {
  /// What the cluster is doing; nil: no pool has several copies. Any thread.
  public func clusterStatus() -> ClusterStatus? {
    guard let cluster = state.pointee.cluster, let control = cluster.control, let view = control.picture.view
    else { return nil }
    let picture = control.picture
    let configuration = cluster.configuration
    var status = ClusterStatus(
      name: configuration.name, node: configuration.ownNode.name, view: view.number,
      store: configuration.etcd != nil ? "etcd" : configuration.stateFile != nil ? "file" : "memory",
      trouble: picture.storeTrouble, nodes: [])
    let appended = Journal.bounds(control.replication.journal).last
    for (number, node) in configuration.nodes.enumerated() {
      status.nodes.append(entry(number, node, view, picture, control.replication, appended))
    }
    if let pair = view.map.pairs.first {
      status.pair = (
        [pair.first, pair.second].map { configuration.nodes[$0].name },
        configuration.nodes[view.actives[0]].name
      )
    }
    return status
  }

  private func entry(
    _ number: Int, _ node: ClusterConfiguration.Node, _ view: View, _ picture: ControlPicture,
    _ replication: Replication, _ appended: UInt64
  ) -> ClusterStatus.Node {
    let standing = view.standings[number]
    var entry = ClusterStatus.Node()
    entry.name = node.name
    entry.zone = node.zone
    entry.address = node.address.description
    entry.incarnation = standing.incarnation
    entry.since = standing.since
    entry.epoch = standing.epoch
    entry.isProtected = standing.isReady && view.canSpare(number, among: view.ready.subtracting([number]))
    guard let stream = replication.streams[number] else {
      entry.state = picture.state.rawValue
      return entry
    }
    let now = PeerLinks.now
    let shared = stream.locked { $0 }
    let isActive = standing.epoch != 0 || view.actives.contains(number)
    let isLoading = shared.sending != 0 || shared.walkBegan != 0
    entry.state =
      shared.keeper == nil
      ? "down" : standing.isReady ? (isActive ? "active" : "warm") : isLoading ? "syncing" : "empty"
    if shared.sending != 0 {
      let acknowledged = replication.acknowledged(by: number)
      entry.lag = (
        shared.owed == nil ? 0 : appended - min(acknowledged, appended),
        shared.owed.map { now - min($0.since, now) } ?? 0
      )
    }
    if shared.walkBegan != 0, shared.snapshotEnd == nil {
      entry.walk = (shared.itemsSent, shared.bytesSent, shared.walkDone, now - min(shared.walkBegan, now))
    }
    return entry
  }

  /// Carries an operator's command out, or begins to; nil, or why not. Any thread.
  public func clusterCommand(_ name: String, node: String?, force: Bool) -> String? {
    guard let cluster = state.pointee.cluster, let control = cluster.control else {
      return "no pool has several copies: there is nothing to decide"
    }
    var number = cluster.configuration.own
    if let node {
      guard let found = cluster.configuration.nodes.firstIndex(where: { $0.name == node }) else {
        let names = cluster.configuration.nodes.map(\.name).joined(separator: ", ")
        return "there is no node \(node); give one of \(names)"
      }
      number = found
    }
    switch name {
    case "bootstrap": control.command(.bootstrap)
    case "promote": control.command(.promote(number))
    case "demote": control.command(.demote(number))
    case "drop": control.command(.drop(number, force: force))
    case "drain": control.command(.drain)
    default: return "there is no command \(name)"
    }
    return nil
  }
}
