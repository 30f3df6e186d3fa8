import CHearth
import HearthCluster
import HearthConfig
import HearthStorage

/// What this node and the others tell each other of the changes in pools that are kept by views. Made before the workers start, lives
/// as long as the process; any thread.
final class Replication: @unchecked Sendable {
  /// The changes of which this node is the primary.
  let journal: UnsafeMutablePointer<Journal>
  /// The nodes that there may be streams to.
  let directory: NodeDirectory
  /// By a node's number in the directory, for all that there may ever be; none for this one.
  let streams: [PeerStream?]
  /// Numbers of the pools that are kept by views, whatever number of copies they have.
  let pools: [Int]
  /// The map of the file that this node was started with: its nodes have the numbers of the directory.
  let map: ClusterMap

  /// What the expiries in streams are by.
  let clockShift: ClockShift

  /// The removal of what this node does not own any more.
  let purge = Purge()

  /// For each node: how far it has this node's changes; atomic.
  private let acknowledged: UnsafeMutablePointer<UInt64>
  /// For each node: since when it owes an acknowledgement, milliseconds of the monotonic clock, 0: it owes none; atomic.
  private let owedSince: UnsafeMutablePointer<UInt64>
  /// For each worker: how many replies wait for acknowledgements; atomic.
  let waiting: UnsafeMutablePointer<UInt64>
  /// Nodes whose streams are about to be overtaken by the journal, one bit each; atomic.
  let pressed: UnsafeMutablePointer<UInt64>
  private let handingOver: UnsafeMutablePointer<UInt64>

  init(
    _ cluster: ClusterConfiguration, _ pools: [PoolConfiguration], _ directory: NodeDirectory, workers: Int
  ) throws(ServerError) {
    guard let journal = Journal.make(bytes: cluster.journal) else {
      throw ServerError("cannot map \(cluster.journal >> 20) MiB for the cluster's journal")
    }
    self.journal = journal
    self.pools = pools.indices.filter { !pools[$0].copies.isEmpty }
    self.directory = directory
    let shift = ClockShift()
    clockShift = shift
    streams = (0..<NodeDirectory.limit).map { $0 == cluster.own ? nil : PeerStream(node: $0, shift) }
    acknowledged = .allocate(capacity: NodeDirectory.limit)
    acknowledged.initialize(repeating: 0, count: NodeDirectory.limit)
    owedSince = .allocate(capacity: NodeDirectory.limit)
    owedSince.initialize(repeating: 0, count: NodeDirectory.limit)
    waiting = .allocate(capacity: workers)
    waiting.initialize(repeating: 0, count: workers)
    pressed = .allocate(capacity: 1)
    pressed.initialize(to: 0)
    handingOver = .allocate(capacity: 1)
    handingOver.initialize(to: 0)
    map = ClusterMap(cluster, pools)
  }

  /// The streams to and from the nodes that are known.
  var knownStreams: ArraySlice<PeerStream?> { streams[..<directory.count] }

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

  /// This node is about to hand over: it begins no more writes.
  var isHandingOver: Bool {
    get { hearth_atomic_load64(handingOver) != 0 }
    set { hearth_atomic_store64(handingOver, newValue ? 1 : 0) }
  }

  /// Replies that wait for acknowledgements, of all workers.
  func waitingReplies(workers: Int) -> UInt64 {
    (0..<workers).reduce(0) { $0 + hearth_atomic_load64(waiting + $1) >> 1 }
  }

  /// The stream to a node is, or is no longer, about to be overtaken.
  func setPressed(_ value: Bool, by node: Int) {
    while true {
      let old = hearth_atomic_load64(pressed)
      let new = value ? old | 1 << UInt64(node) : old & ~(1 << UInt64(node))
      if old == new || hearth_atomic_cas64(pressed, old, new) != 0 { return }
    }
  }

  /// The pool's rule for writes; nil: it is each node's own.
  static func rule(_ configuration: PoolConfiguration) -> UnsafePointer<ReplicationRule>? {
    if configuration.copies.isEmpty { return nil }
    let rule = UnsafeMutablePointer<ReplicationRule>.allocate(capacity: 1)
    rule.initialize(
      to: ReplicationRule(
        isAsync: configuration.replication.mode == .async,
        minimumReady: configuration.replication.minimumReady,
        lagTime: UInt64(configuration.replication.lagTime)))
    return UnsafePointer(rule)
  }
}

/// When a write of a pool that is kept by views is acknowledged. Constant.
struct ReplicationRule {
  /// At once, while the others keep up.
  let isAsync: Bool
  /// With fewer ready copies writes are refused.
  let minimumReady: Int
  /// Milliseconds that a copy may lag.
  let lagTime: UInt64
}

extension ClusterMap {
  /// The map that a file asks for, with the numbers that it has there.
  init(_ cluster: ClusterConfiguration, _ pools: [PoolConfiguration]) {
    self.init(
      nodes: cluster.nodes.map { MapNode($0) },
      pools: pools.filter { !$0.copies.isEmpty }.map {
        MapPool(name: $0.name, copies: $0.copies.map { NodeSet($0) })
      },
      pairs: cluster.standbyPairs)
  }

  /// Another one for each map that a file can ask for; the order of its nodes does not matter.
  var digest: UInt64 {
    var text = ""
    for node in nodes.sorted(by: { $0.name < $1.name }) {
      text += "\(node.name) \(node.host) \(node.port) \(node.peerHost) \(node.peerPort) \(node.weight)\n"
    }
    for pool in pools {
      let copies = pool.copies.map { copy in copy.map { nodes[$0].name }.sorted().joined(separator: " ") }
      text += "\(pool.name): \(copies.joined(separator: ", "))\n"
    }
    let digest = text.withUTF8 { bytes in bytes.baseAddress.map { hearth_hash($0, bytes.count) } ?? 0 }
    // 0 stands for none.
    return max(1, digest)
  }
}
