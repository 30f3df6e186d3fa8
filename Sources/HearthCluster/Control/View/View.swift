/// The agreed state of the cluster. It changes only as a whole, by one durable compare-and-set on its number.
public struct View: Hashable, Sendable {
  /// Rises with every change; 0 is the state before the first.
  public private(set) var number: UInt64
  /// Nodes, copies, pairs and feeds.
  public private(set) var map: ClusterMap
  /// What is agreed on each node.
  public private(set) var standings: [Standing]
  /// The active node of each pair.
  public private(set) var actives: [Int]
  /// The node that runs each feed; nil when none can.
  public private(set) var runners: [Int?]
  /// The nodes that are ready.
  public private(set) var ready: NodeSet
  /// For each pool the order in which its copies are asked for a primary.
  public private(set) var orders: [[Int]]

  /// The view before the first: nobody is ready.
  public init(map: ClusterMap) {
    number = 0
    self.map = map
    standings = Array(repeating: Standing(), count: map.nodes.count)
    actives = map.pairs.map(\.first)
    runners = map.feeds.map { _ in nil }
    ready = []
    orders = []
    derive()
  }

  /// A view from its agreed parts; nil if they contradict each other or the map.
  init?(number: UInt64, map: ClusterMap, standings: [Standing], actives: [Int], runners: [Int?]) {
    guard standings.count == map.nodes.count, actives.count == map.pairs.count,
      runners.count == map.feeds.count
    else { return nil }
    self.init(map: map)
    self.number = number
    self.standings = standings
    self.actives = actives
    self.runners = runners
    let areStandingsSound = standings.allSatisfy {
      $0.isReady ? $0.since <= number && $0.epoch <= number : $0 == Standing()
    }
    let areActivesSound = zip(actives, map.pairs).allSatisfy { $0 == $1.first || $0 == $1.second }
    let areRunnersSound = zip(runners, map.feeds).allSatisfy { runner, feed in
      runner.map { feed.candidates.contains($0) } ?? true
    }
    guard areStandingsSound, areActivesSound, areRunnersSound else { return nil }
    derive()
    // Of two views with one number there must not be two meanings.
    guard self.actives == actives, self.runners == runners else { return nil }
  }

  /// The view that follows this one after a change. What hangs on it is brought up to date: a pair's active node and a
  /// feed's runner are ready ones if there is any, and who gained keys as primary begins a new epoch.
  public func successor(number: UInt64, _ change: ViewChange) -> View {
    precondition(number > self.number)
    var next = self
    next.number = number
    for node in change.leaving { next.standings[node] = Standing() }
    for (node, incarnation) in change.joining {
      next.standings[node] = Standing()
      next.standings[node].incarnation = incarnation
      next.standings[node].since = number
    }
    for (pair, node) in change.actives { next.actives[pair] = node }
    for (feed, node) in change.runners { next.runners[feed] = node }
    next.derive()
    for node in next.ready where next.gains(node, since: self) { next.standings[node].epoch = number }
    return next
  }

  /// The same change under another number; who gained keys by it begins the epoch of that number.
  func renumbered(_ number: UInt64) -> View {
    var next = self
    next.number = number
    for node in ready {
      if standings[node].epoch == self.number { next.standings[node].epoch = number }
      if standings[node].since == self.number { next.standings[node].since = number }
    }
    return next
  }

  private mutating func derive() {
    ready = []
    for node in standings.indices where standings[node].isReady { ready.insert(node) }
    var standbys: NodeSet = []
    for (place, pair) in map.pairs.enumerated() {
      let partner = pair.partner(of: actives[place])
      if !ready.contains(actives[place]) && ready.contains(partner) { actives[place] = partner }
      standbys.insert(pair.partner(of: actives[place]))
    }
    for (place, feed) in map.feeds.enumerated() {
      if let runner = runners[place], ready.contains(runner) { continue }
      runners[place] = feed.candidates.first(where: ready.contains)
    }
    orders = map.pools.map { pool in
      let isLast = pool.copies.map { !$0.intersection(standbys).isEmpty }
      return pool.copies.indices.filter { !isLast[$0] } + pool.copies.indices.filter { isLast[$0] }
    }
  }
}
