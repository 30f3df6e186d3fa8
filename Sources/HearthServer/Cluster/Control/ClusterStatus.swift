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
    /// `empty`, `syncing`, `warm`, `active` or `down`; `outside` if it owns nothing.
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
    /// While the map changes: the node has all that it owns by either map.
    public var isComplete = true
    /// There is a connection to it.
    public var isLinked = false
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
  /// What of a change of the map is under way: `none`, `loading`, `ending` or `removing`.
  public var change = "none"
  /// The map of this node's file is the cluster's.
  public var isFileCurrent = true
  /// The active node of the pair; nil: there is no pair.
  public var pair: (nodes: [String], active: String)?
}

extension Server {
  /// What the cluster is doing; nil: it has no views. Any thread.
  public func clusterStatus() -> ClusterStatus? {
    guard let cluster = state.pointee.cluster, let control = cluster.control, let view = control.picture.view
    else { return nil }
    let picture = control.picture
    let configuration = cluster.configuration
    var status = ClusterStatus(
      name: configuration.name, node: configuration.ownNode.name, view: view.number,
      store: configuration.etcd != nil ? "etcd" : configuration.stateFile != nil ? "file" : "memory",
      trouble: picture.storeTrouble, nodes: [])
    status.change = picture.mapChange
    status.isFileCurrent = picture.wanted.map { view.number == 0 || view.has($0) } ?? true
    let appended = Journal.bounds(control.replication.journal).last
    for number in view.map.nodes.indices {
      let entry = entry(number, view, picture, control.replication, appended)
      // Who was taken out and stopped is of no interest.
      if entry.state != "outside" || picture.numbers.local[number] == control.own || entry.isLinked {
        status.nodes.append(entry)
      }
    }
    if let pair = view.map.pairs.first {
      status.pair = (
        [pair.first, pair.second].map { view.map.nodes[$0].name }, view.map.nodes[view.actives[0]].name
      )
    }
    return status
  }

  private func entry(
    _ number: Int, _ view: View, _ picture: ControlPicture, _ replication: Replication, _ appended: UInt64
  ) -> ClusterStatus.Node {
    let node = view.map.nodes[number]
    let place = picture.numbers.local[number]
    let standing = view.standings[number]
    var entry = ClusterStatus.Node()
    entry.name = node.name
    entry.zone = node.zone
    entry.address = ClusterConfiguration.Address(host: node.host, port: node.port).description
    entry.incarnation = standing.incarnation
    entry.since = standing.isReady ? standing.since : 0
    entry.epoch = standing.epoch
    entry.isProtected =
      standing.isReady && !view.soleOwners.contains(number)
      && view.canSpare(number, among: view.ready.subtracting([number]))
    entry.isComplete = view.isJoint ? view.change?.complete.contains(number) ?? true : true
    let isOutside = !view.members.contains(number)
    guard let stream = replication.streams[place] else {
      entry.state = isOutside ? "outside" : picture.state.rawValue
      return entry
    }
    let now = PeerLinks.now
    let shared = stream.locked { $0 }
    let isActive = standing.epoch != 0 || view.actives.contains(number)
    let isLoading = shared.sending != 0 || shared.walkBegan != 0
    entry.state =
      shared.keeper == nil
      ? "down" : standing.isReady ? (isActive ? "active" : "warm") : isLoading ? "syncing" : "empty"
    entry.isLinked = shared.keeper != nil
    if isOutside { entry.state = "outside" }
    if shared.sending != 0 {
      let acknowledged = replication.acknowledged(by: place)
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
      return
        "no pool has several copies, and there is no etcd: or state_file: in cluster: the nodes go by their files alone"
    }
    let picture = control.picture
    var number = 0
    if let node {
      guard let view = picture.view, let found = view.map.number(of: node) else {
        let names = (picture.view?.map.nodes ?? []).map(\.name).joined(separator: ", ")
        return "there is no node \(node); give one of \(names)"
      }
      number = found
    }
    switch name {
    case "bootstrap": control.command(.bootstrap)
    case "promote", "demote":
      if let view = picture.view, cluster.configuration.etcd != nil,
        !view.map.pairs.contains(where: { $0.first == number || $0.second == number })
      {
        return
          "\(view.map.nodes[number].name) is in no pair with a floating address: who is primary follows from "
          + "the copies, and a lost primary is replaced by itself"
      }
      control.command(name == "promote" ? .promote(number) : .demote(number))
    case "drop":
      if let view = picture.view, let obstacle = Self.obstacle(toDropping: number, view, force: force) {
        return obstacle
      }
      control.command(.drop(number, force: force))
    case "drain":
      if let view = picture.view, picture.isReady, !holdAll(view, but: picture) {
        return
          "no other ready node has the keys of this one: nothing can be handed over; a change of the map moves them"
      }
      control.command(.drain)
    case "rebalance":
      if let obstacle = picture.obstacle { return obstacle }
      guard let wanted = picture.wanted else { return "the cluster has this map already" }
      control.command(.change(wanted))
    case "cancel":
      if picture.view?.isJoint != true {
        return picture.view?.change == nil
          ? "no change of the map is under way"
          : "the new map is the cluster's already: change it back with another change"
      }
      control.command(.cancelChange)
    default: return "there is no command \(name)"
    }
    return nil
  }

  /// The other ready nodes have all keys of this one.
  private func holdAll(_ view: View, but picture: ControlPicture) -> Bool {
    let own = state.pointee.cluster?.configuration.own ?? 0
    guard let number = picture.numbers.number(own) else { return false }
    return !view.soleOwners.contains(number) && view.canSpare(number, among: view.ready.subtracting([number]))
  }

  /// Why a node is not dropped; nil: it is.
  private static func obstacle(toDropping number: Int, _ view: View, force: Bool) -> String? {
    let name = view.map.nodes[number].name
    let isSole = view.soleOwners.contains(number)
    if !view.ready.contains(number) {
      if isSole, !view.standings[number].isGivenUp {
        return force
          ? nil
          : "\(name) is not among the ready nodes; --force gives up the keys of which it has the only copy"
      }
      return "\(name) is not among the ready nodes"
    }
    if force || !isSole && view.canSpare(number, among: view.ready.subtracting([number])) { return nil }
    return "no other ready node has the keys of \(name): they would be lost; --force drops it all the same"
  }
}
