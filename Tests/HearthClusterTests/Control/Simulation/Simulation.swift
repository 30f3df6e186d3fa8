@testable import HearthCluster

/// A cluster with clients, a store and faults, all from one seed. Times are milliseconds.
final class Simulation {
  static let keys = 8
  static let logLimit = 60

  let scenario: Scenario
  var random: SeededGenerator
  var queue = SimQueue()
  var time = 0
  var nodes: [SimNode] = []
  var links: [SimLink] = []
  /// The present connection of each two nodes, if any.
  var linkOf: [[Int?]]
  /// Until when the way between two nodes is cut.
  var cutUntil: [[Int]]
  var store: View
  var storeAwayUntil = 0
  var storeCutUntil: [Int]
  /// Views that are on their way to the store.
  var proposals: [View] = []
  /// When a node's memory was lost last.
  var lastLoss = -1000
  var history: SimHistory
  var actions: [ControlAction] = []
  var isCalm = false
  var clientsEnd = 0
  /// Lines for the reader; nil while nobody reads.
  var trace: [String]?
  var viewChanges = 0
  /// For each map the owners of each key by copy.
  private var places: [ClusterMap: [[Int]]] = [:]

  init(_ scenario: Scenario, seed: UInt64, isTraced: Bool = false) {
    self.scenario = scenario
    random = SeededGenerator(seed)
    let count = scenario.nodeCount
    linkOf = Array(repeating: Array(repeating: nil, count: count), count: count)
    cutUntil = Array(repeating: Array(repeating: 0, count: count), count: count)
    storeCutUntil = Array(repeating: 0, count: count)
    store = View(map: scenario.map)
    history = SimHistory(keys: Self.keys)
    history.isAsync = scenario.settings.replication == .async
    if isTraced { trace = [] }
    for number in 0..<count {
      nodes.append(
        SimNode(
          number, scenario, keys: Self.keys, drift: random.within(-10_000...10_000),
          clockStart: random.below(1_000_000)))
    }
  }

  /// The owners of a key by a map, one in each copy; keys are spread over the pools.
  func owners(_ key: Int, _ map: ClusterMap) -> [Int] {
    if let known = places[map] { return known[key] }
    var made = Array(repeating: [Int](), count: Self.keys)
    for pool in map.pools.indices {
      let placement = map.placement(pool: pool)
      for key in made.indices where self.pool(of: key) == pool {
        let point = Array("key \(key)".utf8).withUnsafeBytes { KetamaHash.point(of: $0) }
        made[key] = (0..<placement.copyCount).map { placement.owner(of: point, copy: $0) }
      }
    }
    places[map] = made
    return made[key]
  }

  /// The owners of a key by a view's map.
  func owners(_ key: Int, _ view: View) -> [Int] { owners(key, view.map) }

  func ownerSet(_ key: Int, _ view: View) -> NodeSet { NodeSet(owners(key, view.map)) }

  /// Who has to have a key's writes: its owners by the map, and by the one that is to be.
  func jointOwners(_ key: Int, _ view: View) -> NodeSet {
    let owners = ownerSet(key, view)
    guard view.isJoint, let next = view.change?.map else { return owners }
    return owners.union(NodeSet(self.owners(key, next)))
  }

  func pool(of key: Int) -> Int { key % scenario.map.pools.count }

  func note(_ line: @autoclosure () -> String) { if trace != nil { trace!.append("\(time) \(line())") } }

  /// A whole history: a start, trouble, healing. What was wrong with it, if anything.
  func run() -> String? {
    for node in nodes { queue.add(.start(node: node.number, dataKept: false), at: random.below(20)) }
    for a in nodes.indices { for b in 0..<a { queue.add(.connect(b, a), at: 30 + random.below(20)) } }
    for (place, founder) in scenario.founders.enumerated() {
      queue.add(.command(node: founder, .bootstrap), at: 100 + 100 * place)
    }
    play(until: 1000)
    if history.violation == nil && !isWhole { history.fail("the cluster did not start") }
    clientsEnd = time + scenario.trouble + 3000
    queue.add(.client, at: time)
    queue.add(.fault, at: time + random.below(200))
    play(until: time + scenario.trouble)
    heal()
    play(until: time + 3000)
    let writes = history.writes
    let limit = time + 4000
    while history.violation == nil && !isWhole && time < limit { play(until: time + 100) }
    clientsEnd = time + 600
    queue.add(.client, at: time)
    play(until: time + 900)
    if history.violation == nil { judgeEnd(writesBefore: writes) }
    return history.violation
  }

  /// Runs events up to a time, or to the first violation.
  func play(until end: Int) {
    while let next = queue.nextTime, next <= end, history.violation == nil {
      time = max(time, next)
      play(queue.take())
    }
    time = max(time, end)
  }

  private func play(_ event: SimEvent) {
    switch event {
    case .tick(let node, let generation):
      if hold(node, event) { return }
      guard nodes[node].generation == generation else { return }
      nodes[node].tickAt = 0
      tell(node, .tick)
    case .deliver(let link, let node, let message):
      if hold(node, event) { return }
      if links[link].isOpen(at: node) { deliver(message, to: nodes[node], over: link) }
    case .connect(let a, let b): connect(a, b)
    case .walk(let node, let peer, let stream, let key, let change):
      if hold(node, event) { return }
      walk(nodes[node], to: peer, stream, from: key, gainOf: change)
    case .purge(let node, let process, let number, let key):
      if hold(node, event) { return }
      if nodes[node].process == process { purge(nodes[node], number, from: key) }
    case .storeAsked(let node, let process, let view, let expecting):
      answerFromStore(node, process, view, expecting: expecting)
    case .storeAnswers(let node, let process, let outcome):
      if hold(node, event) { return }
      if nodes[node].process == process { tell(node, .proposed(outcome)) }
    case .storeTells(let node, let view):
      if hold(node, event) { return }
      tell(node, .viewSeen(view))
    case .client: askSomething()
    case .fault: breakSomething()
    case .resume(let node): resume(node)
    case .start(let node, let dataKept): start(node, dataKept: dataKept)
    case .heal(let a, let b): healWay(a, b)
    case .storeBack: spreadStore()
    case .told(let node, let told): tell(node, told)
    case .asked(let operation): ask(operation)
    case .command(let node, let command):
      if hold(node, event) { return }
      note("n\(node) is told: \(command)")
      tell(node, .command(command))
    }
  }

  /// Is the process stopped, or gone? Then the event waits, or is lost.
  private func hold(_ node: Int, _ event: SimEvent) -> Bool {
    if !nodes[node].isRunning { return true }
    if nodes[node].isPaused { nodes[node].waiting.append(event) }
    return nodes[node].isPaused
  }

  private func resume(_ node: Int) {
    guard nodes[node].isPaused, nodes[node].isRunning else { return }
    note("n\(node) goes on")
    nodes[node].isPaused = false
    let waiting = nodes[node].waiting
    nodes[node].waiting = []
    for event in waiting { play(event) }
  }

  private func start(_ node: Int, dataKept: Bool) {
    guard !nodes[node].isRunning else { return }
    nodes[node].start(scenario, dataKept: dataKept, time: time)
    note("n\(node) starts\(dataKept ? " with its memory" : "")")
    tell(node, .tick)
    if scenario.settings.authority == .store { spreadStore(to: node) }
    for peer in nodes.indices where peer != node && linkOf[node][peer] == nil {
      queue.add(.connect(min(node, peer), max(node, peer)), at: time + random.within(5...50))
    }
  }

  /// The newest view that a node goes by.
  var lastView: View { nodes.map(\.control.view).max { $0.number < $1.number }! }

  /// Are all nodes of the map up and ready, all of one view, and no change under way?
  var isWhole: Bool {
    let view = lastView
    return view.change == nil && view.ready == view.members
      && nodes.allSatisfy { node in
        guard node.isRunning else { return false }
        if node.isOutside { return view.map.nodes.count <= node.number }
        return node.control.isReady == view.members.contains(node.number)
          && node.control.view.number == view.number && !node.control.isDirty
      }
  }

  private func judgeEnd(writesBefore: Int) {
    if !isWhole {
      let states = nodes.map {
        "n\($0.number) \($0.decision?.state.rawValue ?? "down")\($0.control.isDirty ? ", dirty" : "")"
      }
      return history.fail(
        "not whole again: view \(lastView.number), \(states), change \(lastView.change as Any)")
    }
    if history.writes == writesBefore { return history.fail("no write succeeds after all faults ended") }
    let view = lastView
    for key in 0..<Self.keys {
      let owners = self.owners(key, view)
      for node in nodes where !owners.contains(node.number) && node.items[key] != nil {
        history.fail("n\(node.number) still has key \(key), which is not its own")
      }
      for node in owners { history.judgeFinally(key: key, nodes[node].items[key], on: node) }
      let copies = owners.map { nodes[$0].items[key] }
      if copies.contains(where: { $0 != copies[0] }) {
        history.fail(
          "the copies of key \(key) differ: \(copies.map { $0.map { history.describe($0.operation) } ?? "nothing" })"
        )
      }
    }
    for (place, pair) in scenario.map.pairs.enumerated() {
      let active = view.actives[place]
      let roles = [nodes[active].role, nodes[pair.partner(of: active)].role]
      if roles != [50, 0] { history.fail("roles \(roles)") }
    }
  }
}
