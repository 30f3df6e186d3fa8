import CHearth
import HearthCluster
import HearthConfig
import HearthStorage

/// What this node and the others tell each other of the changes in pools with several copies. Made before the workers start, lives
/// as long as the process; any thread.
final class Replication: @unchecked Sendable {
  /// The changes of which this node is the primary.
  let journal: UnsafeMutablePointer<Journal>
  /// For each node the stream to and from it; none for this one.
  let streams: [PeerStream?]
  /// Numbers of the pools with several copies.
  let pools: [Int]
  /// Nodes in this one's zone.
  let near: NodeSet
  /// What this node counts on and what it answers.
  let map: ClusterMap

  /// For each node: how far it has this node's changes; atomic.
  private let acknowledged: UnsafeMutablePointer<UInt64>
  /// For each node: since when it owes an acknowledgement, milliseconds of the monotonic clock, 0: it owes none; atomic.
  private let owedSince: UnsafeMutablePointer<UInt64>
  /// For each worker: how many replies wait for acknowledgements; atomic.
  let waiting: UnsafeMutablePointer<UInt64>
  /// Nodes whose streams are about to be overtaken by the journal, one bit each; atomic.
  let pressed: UnsafeMutablePointer<UInt64>

  init(_ cluster: ClusterConfiguration, _ pools: [PoolConfiguration], workers: Int) throws(ServerError) {
    guard let journal = Journal.make(bytes: cluster.journal) else {
      throw ServerError("cannot map \(cluster.journal >> 20) MiB for the cluster's journal")
    }
    self.journal = journal
    self.pools = pools.indices.filter { pools[$0].copies.count > 1 }
    streams = cluster.nodes.indices.map { $0 == cluster.own ? nil : PeerStream(node: $0) }
    let zone = cluster.ownNode.zone
    near = NodeSet(cluster.nodes.indices.filter { !zone.isEmpty && cluster.nodes[$0].zone == zone })
    acknowledged = .allocate(capacity: cluster.nodes.count)
    acknowledged.initialize(repeating: 0, count: cluster.nodes.count)
    owedSince = .allocate(capacity: cluster.nodes.count)
    owedSince.initialize(repeating: 0, count: cluster.nodes.count)
    waiting = .allocate(capacity: workers)
    waiting.initialize(repeating: 0, count: workers)
    pressed = .allocate(capacity: 1)
    pressed.initialize(to: 0)
    map = ClusterMap(
      nodes: cluster.nodes.map { MapNode(name: $0.name, zone: $0.zone) },
      pools: self.pools.map { MapPool(name: pools[$0].name, copies: pools[$0].copies.map { NodeSet($0) }) },
      pairs: cluster.standbyPairs)
  }

  /// How far a node has this node's changes. A full barrier: what was written before is seen by who looks at `waiting`.
  @inline(__always)
  func acknowledged(by node: Int) -> UInt64 { hearth_atomic_add64(acknowledged + node, 0) }

  func setAcknowledged(_ sequence: UInt64, by node: Int) {
    hearth_atomic_store64(acknowledged + node, sequence)
    _ = hearth_atomic_add64(acknowledged + node, 0)
  }

  /// Since when a node owes an acknowledgement, 0: it owes none.
  @inline(__always)
  func owedSince(by node: Int) -> UInt64 { hearth_atomic_load64(owedSince + node) }

  func setOwedSince(_ time: UInt64, by node: Int) { hearth_atomic_store64(owedSince + node, time) }

  /// The stream to a node is, or is no longer, about to be overtaken.
  func setPressed(_ value: Bool, by node: Int) {
    while true {
      let old = hearth_atomic_load64(pressed)
      let new = value ? old | 1 << UInt64(node) : old & ~(1 << UInt64(node))
      if old == new || hearth_atomic_cas64(pressed, old, new) != 0 { return }
    }
  }

  /// The pool's rule for writes.
  static func rule(_ configuration: PoolConfiguration) -> UnsafePointer<ReplicationRule>? {
    if configuration.copies.count < 2 { return nil }
    let rule = UnsafeMutablePointer<ReplicationRule>.allocate(capacity: 1)
    rule.initialize(
      to: ReplicationRule(
        isAsync: configuration.replication.mode == .async,
        minimumReady: configuration.replication.minimumReady,
        lagTime: UInt64(configuration.replication.lagTime)))
    return UnsafePointer(rule)
  }
}

/// When a write of a pool with several copies is acknowledged. Constant.
struct ReplicationRule {
  /// At once, while the others keep up.
  let isAsync: Bool
  /// With fewer ready copies writes are refused.
  let minimumReady: Int
  /// Milliseconds that a copy may lag.
  let lagTime: UInt64
}
