/// The agreed state of the cluster. It changes only as a whole, by one durable compare-and-set on its number.
public struct View: Hashable, Sendable {
  /// Rises with every change; 0 is the state before the first.
  public private(set) var number: UInt64
  /// Nodes, copies and pairs: who is primary of a key, and who may answer reads of it, follows from this map alone.
  public private(set) var map: ClusterMap
  /// The change of the map that is under way, if any.
  public private(set) var change: MapChange?
  /// What is agreed on each node.
  public private(set) var standings: [Standing]
  /// The active node of each pair.
  public private(set) var actives: [Int]
  /// The nodes that are ready.
  public private(set) var ready: NodeSet
  /// For each pool the order in which its copies are asked for a primary.
  public private(set) var orders: [[Int]]
  /// For each pool: do the two maps of the change differ?
  private(set) var moving: [Bool]
  /// For each pool the nodes that gain keys by the map that is to be.
  private(set) var gainers: [NodeSet]

  /// The view before the first: nobody is ready.
  public init(map: ClusterMap) {
    number = 0
    self.map = map
    standings = Array(repeating: Standing(), count: map.nodes.count)
    actives = map.pairs.map(\.first)
    ready = []
    orders = []
    moving = []
    gainers = []
    compareMaps()
    derive()
  }

  /// A view from its agreed parts; nil if they contradict each other or the map.
  init?(
    number: UInt64, map: ClusterMap, standings: [Standing], actives: [Int], change: MapChange? = nil
  ) {
    guard standings.count == map.nodes.count, actives.count == map.pairs.count else { return nil }
    self.init(map: map)
    self.number = number
    self.standings = standings
    self.actives = actives
    self.change = change
    let areStandingsSound = standings.allSatisfy {
      $0.since <= number && ($0.isReady ? $0.epoch <= number : $0.epoch == 0)
    }
    let areActivesSound = zip(actives, map.pairs).allSatisfy { $0 == $1.first || $0 == $1.second }
    guard areStandingsSound, areActivesSound, isChangeSound else { return nil }
    compareMaps()
    derive()
    // Of two views with one number there must not be two meanings.
    guard self.actives == actives else { return nil }
  }

  /// The view that follows this one after a change. What hangs on it is brought up to date: a pair's active node is a ready
  /// one if there is any, and who gained keys as primary begins a new epoch.
  public func successor(number: UInt64, _ change: ViewChange) -> View {
    precondition(number > self.number)
    var next = self
    next.number = number
    if let step = change.map { next.take(step) }
    for node in change.leaving { next.standings[node] = Standing() }
    for node in change.givingUp {
      next.standings[node] = Standing()
      next.standings[node].since = number
    }
    for (node, incarnation) in change.joining {
      next.standings[node] = Standing()
      next.standings[node].incarnation = incarnation
      next.standings[node].since = number
    }
    for (pair, node) in change.actives { next.actives[pair] = node }
    let complete = (next.change?.complete ?? []).union(change.completing).subtracting(change.leaving)
      .subtracting(change.givingUp)
    next.change?.complete = complete
    next.derive()
    for node in next.ready where next.gains(node, since: self) { next.standings[node].epoch = number }
    if next.isJoint, next.ready.contains(where: { next.standings[$0].epoch == number }) {
      // What came from former primaries is loaded again from those that took over.
      let complete = next.change?.complete.subtracting(next.gaining) ?? []
      next.change?.complete = complete
    }
    return next
  }

  /// The same change under another number; who gained keys by it begins the epoch of that number.
  func renumbered(_ number: UInt64) -> View {
    var next = self
    next.number = number
    for node in standings.indices {
      if standings[node].epoch == self.number && ready.contains(node) { next.standings[node].epoch = number }
      if standings[node].since == self.number { next.standings[node].since = number }
    }
    if change?.since == self.number { next.change?.since = number }
    return next
  }

  private var isChangeSound: Bool {
    guard let change else { return true }
    return change.since <= number && map.isSameCluster(as: change.map)
      && zip(map.nodes, change.map.nodes).allSatisfy { $0.isSamePlace(as: $1) }
      && map.nodes.count == change.map.nodes.count
      && change.complete.allSatisfy { standings[$0].isReady }
      && !(change.isConcluded && !change.complete.isEmpty)
  }

  private mutating func take(_ step: ViewChange.MapStep) {
    switch step {
    case .begin(let next):
      for node in next.nodes[map.nodes.count...] {
        map.nodes.append(node)
        standings.append(Standing())
      }
      // Where a node is that owns nothing yet matters to nobody.
      let members = map.members
      for node in map.nodes.indices where !members.contains(node) { map.nodes[node] = next.nodes[node] }
      change = MapChange(map: next, isConcluded: false, since: number, complete: [])
      compareMaps()
      let complete = ready.subtracting(gaining)
      change?.complete = complete
    case .cancel:
      change = nil
      compareMaps()
      retire()
    case .conclude:
      guard let next = change?.map else { return }
      change = MapChange(map: map, isConcluded: true, since: number, complete: [])
      map = next
      compareMaps()
    case .settle:
      change = nil
      compareMaps()
      retire()
    }
  }

  /// Who owns nothing is not counted on.
  private mutating func retire() {
    for node in ready.subtracting(map.members) { standings[node] = Standing() }
  }

  private mutating func compareMaps() {
    let other = change?.map
    moving = map.pools.indices.map { place in other.map { !map.hasSamePlaces(pool: place, as: $0) } ?? false }
    gainers = map.pools.indices.map { place in
      guard let next = other, !isConcluded else { return [] }
      return map.gainers(of: next, pool: place)
    }
  }

  /// Nodes that gain keys.
  private var gaining: NodeSet { gainers.reduce(NodeSet()) { $0.union($1) } }

  /// Is a map to be that has not become the map yet?
  public var isJoint: Bool { change.map { !$0.isConcluded } ?? false }

  /// Is the map's change concluded, and not everybody known to know?
  var isConcluded: Bool { change?.isConcluded ?? false }

  /// Nodes that own keys by the map, or by the one that is to be.
  public var members: NodeSet {
    guard let next = change?.map, isJoint else { return map.members }
    return map.members.union(next.members)
  }

  /// The nodes that are ready with other data than an earlier view counted on.
  public func nodesWithOtherData(than earlier: View) -> NodeSet {
    NodeSet(
      ready.filter { node in
        !earlier.standings.indices.contains(node)
          || earlier.standings[node].incarnation != standings[node].incarnation
      })
  }

  /// Has each key of the pool the same owners by both maps of the change?
  public func hasSamePlaces(pool: Int) -> Bool { !moving[pool] }

  private mutating func derive() {
    ready = []
    for node in standings.indices where standings[node].isReady { ready.insert(node) }
    var standbys: NodeSet = []
    for (place, pair) in map.pairs.enumerated() {
      let partner = pair.partner(of: actives[place])
      if !ready.contains(actives[place]) && ready.contains(partner) { actives[place] = partner }
      standbys.insert(pair.partner(of: actives[place]))
    }
    orders = map.pools.map { pool in
      let isLast = pool.copies.map { !$0.intersection(standbys).isEmpty }
      return pool.copies.indices.filter { !isLast[$0] } + pool.copies.indices.filter { isLast[$0] }
    }
  }
}
