import HearthCluster

typealias RulingPointer = UnsafePointer<Ruling>

/// What the control has decided, laid out for workers. Constant; it is freed when no worker goes by it any more. Times are
/// milliseconds of the monotonic clock.
struct Ruling: ~Copyable {
  /// Number of the view.
  let view: UInt64
  /// Number of the reign of this node.
  let epoch: UInt64
  /// This node.
  let own: Int
  /// The nodes that are ready, and those whose acknowledgement writes wait for.
  let ready: NodeSet
  let required: NodeSet
  /// The node has all of its keys.
  let isServing: Bool
  /// Something follows from what arrives: the control wants to know at once.
  let isSettling: Bool
  /// It takes writes of keys whose primary it is.
  let acceptsWrites: Bool
  /// Writes are acknowledged from the one time on, and before the other.
  let acknowledgeFrom: UInt64
  let acknowledgeUntil: UInt64
  /// For each node until when keys whose primary it is may be read here.
  private let readUntil: UnsafeMutablePointer<UInt64>
  /// For each pool the order in which its copies are asked for a primary.
  private let orders: UnsafeMutablePointer<UInt8>
  private static let orderSize = 8
  /// Where keys are; what it holds is used without asking it.
  private let places: KeyPlaces
  private let placements: UnsafeMutablePointer<UnsafePointer<Placement>?>
  private let nextPlacements: UnsafeMutablePointer<UnsafePointer<Placement>?>
  /// Number of the view in which the change of the map began that is under way, 0: none is, or it is concluded.
  let change: UInt64

  /// A ruling. `mapPools` are the numbers of the map's pools among all, `own` this node's number in the process, and `numbers`
  /// those of the view's nodes.
  init(_ decision: Decision, own: Int, mapPools: [Int], numbers: NodeNumbers, places: KeyPlaces) {
    view = decision.view.number
    epoch = decision.epoch
    self.own = own
    self.places = places
    placements = places.now
    nextPlacements = places.next
    change = decision.view.isJoint ? decision.view.change?.since ?? 0 : 0
    ready = numbers.set(decision.view.ready)
    required = numbers.set(decision.required)
    isServing = decision.state == .warm || decision.state == .active
    isSettling = decision.state != .warm && !decision.acceptsWrites
    acceptsWrites = decision.acceptsWrites
    acknowledgeFrom = decision.acknowledgeFrom
    acknowledgeUntil = decision.acknowledgeUntil
    readUntil = .allocate(capacity: NodeDirectory.limit)
    readUntil.initialize(repeating: 0, count: NodeDirectory.limit)
    for (number, time) in decision.readUntil.enumerated() { readUntil[numbers.local[number]] = time }
    let pools = (mapPools.max() ?? -1) + 1
    orders = .allocate(capacity: max(1, pools * Self.orderSize))
    orders.initialize(repeating: 0, count: max(1, pools * Self.orderSize))
    for (place, pool) in mapPools.enumerated() {
      for (rank, copy) in decision.view.orders[place].enumerated() {
        orders[pool * Self.orderSize + rank] = UInt8(copy)
      }
    }
  }

  deinit {
    readUntil.deallocate()
    orders.deallocate()
  }

  /// Where the keys of a pool are.
  @inline(__always)
  func placement(pool: Int) -> UnsafePointer<Placement>? { placements[pool] }

  /// The same by the map that is to be; nil: that is no other.
  @inline(__always)
  func nextPlacement(pool: Int) -> UnsafePointer<Placement>? { nextPlacements[pool] }

  /// Has the pool one copy, which stays where it is? Then nobody but a key's owner reads it, or can go on without it.
  @inline(__always)
  func isSole(pool: Int) -> Bool {
    guard let placement = placements[pool] else { return false }
    return placement.pointee.copyCount == 1 && nextPlacements[pool] == nil
  }

  /// Is there nobody who could be asked for a key with these owners, before one of them is ready again?
  @inline(__always)
  func isOrphaned(_ owners: NodeSet, pool: Int) -> Bool {
    placements[pool]?.pointee.copyCount == 1 && owners.intersection(ready).isEmpty
  }

  /// The nodes that have keys of a pool, by either map.
  func nodes(pool: Int) -> NodeSet {
    let now = placements[pool]?.pointee.allNodes ?? []
    return now.union(nextPlacements[pool]?.pointee.allNodes ?? [])
  }

  /// The nodes that may be primary of keys of a pool: of those whose owners in the copies that are asked first are not ready. Who has
  /// the only copy of keys may come back with them, and is counted even if it is not ready.
  func primaries(pool: Int) -> NodeSet {
    guard let placement = placements[pool] else { return [] }
    if placement.pointee.copyCount == 1 { return placement.pointee.allNodes }
    var primaries: NodeSet = []
    for rank in 0..<placement.pointee.copyCount {
      let nodes = placement.pointee.nodes(copy: copy(pool: pool, rank: rank))
      primaries = primaries.union(nodes.intersection(ready))
      if nodes.isSubset(of: ready) { break }
    }
    return primaries
  }

  /// Every key of a pool with several copies has an owner among these nodes, for all that is known without looking at the keys.
  func haveAllKeys(_ nodes: NodeSet, pool: Int) -> Bool {
    guard let placement = placements[pool] else { return false }
    return (0..<placement.pointee.copyCount).contains { copy in
      placement.pointee.nodes(copy: copy).isSubset(of: nodes)
    }
  }

  /// Each copy of a pool with several is on one node, by either map.
  func isUniform(pool: Int) -> Bool {
    placements[pool]?.pointee.isUniform != false && nextPlacements[pool]?.pointee.isUniform != false
  }

  /// Those of them whose keys this node, if it is ready, has copies of.
  func sources(pool: Int) -> NodeSet {
    guard let placement = placements[pool] else { return [] }
    var sources: NodeSet = []
    for rank in 0..<placement.pointee.copyCount {
      let nodes = placement.pointee.nodes(copy: copy(pool: pool, rank: rank))
      if nodes.contains(own) { return sources }
      sources = sources.union(nodes.intersection(ready))
    }
    return []
  }

  /// Until when keys whose primary is `node` may be read here.
  @inline(__always)
  func readable(from node: Int) -> UInt64 { readUntil[node] }

  /// The copy of a pool that is asked for a primary as `rank`th.
  @inline(__always)
  func copy(pool: Int, rank: Int) -> Int { Int(orders[pool &* Self.orderSize &+ rank]) }
}

/// Where a request is executed.
enum Route: Equatable {
  /// Here, now.
  case here
  /// At this node.
  case node(Int)
  /// Nowhere at the moment: who may answer is being settled.
  case nowhere
  /// Nowhere: the pool has fewer ready copies of the key than its configuration asks for.
  case tooFewCopies
}

extension Ruling {
  /// Where a request for a key goes.
  /// - Parameters:
  ///   - owners: The key's owners as a set, and `primary` the first ready one of them.
  ///   - isSole: There is no other copy: the owner needs no lease.
  ///   - changes: It may change the key.
  ///   - near: Nodes in this one's zone.
  ///   - failed: Nodes that have failed to answer it.
  ///   - now: When the request had come, at the latest.
  func route(
    owners: NodeSet, primary: Int?, isSole: Bool = false, changes: Bool, minimumReady: Int, near: NodeSet,
    failed: NodeSet = [],
    now: UInt64
  ) -> Route {
    guard let primary else { return .nowhere }
    if changes {
      if owners.intersection(ready).count < minimumReady { return .tooFewCopies }
      if primary != own { return failed.contains(primary) ? .nowhere : .node(primary) }
      return acceptsWrites && (isSole || now < readable(from: own)) ? .here : .nowhere
    }
    if isSole, primary == own { return acceptsWrites ? .here : .nowhere }
    if isServing, owners.contains(own), now < readable(from: primary) { return .here }
    var others = owners.intersection(ready).subtracting(failed)
    others.remove(own)
    if others.isEmpty || primary == own { return .nowhere }
    let close = others.intersection(near)
    if !close.isEmpty { others = close }
    return .node(others.contains(primary) ? primary : others.bits.trailingZeroBitCount)
  }
}
