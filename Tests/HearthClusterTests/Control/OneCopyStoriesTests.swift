import Testing

@testable import HearthCluster

/// Pools of one copy that are kept by views, as an operator sees them.
@Suite("One copy, step by step")
struct OneCopyStoriesTests {
  /// A cluster of which nobody was told to begin.
  private func start(_ scenario: Scenario) -> Simulation {
    var scenario = scenario
    scenario.faults = []
    let simulation = Simulation(scenario, seed: 7)
    for node in simulation.nodes { simulation.queue.add(.start(node: node.number, dataKept: false), at: 1) }
    for a in simulation.nodes.indices {
      for b in 0..<a { simulation.queue.add(.connect(b, a), at: 10) }
    }
    simulation.play(until: 1000)
    return simulation
  }

  /// One that is up; clients ask all the time.
  private func cluster(_ scenario: Scenario) -> Simulation {
    let simulation = start(scenario)
    simulation.queue.add(.command(node: 0, .bootstrap), at: 1000)
    simulation.play(until: 2000)
    simulation.clientsEnd = 100_000
    simulation.queue.add(.client, at: 2000)
    simulation.play(until: 3000)
    return simulation
  }

  private func order(_ simulation: Simulation, _ command: ControlCommand, at node: Int = 0) {
    simulation.queue.add(.command(node: node, command), at: simulation.time)
    simulation.play(until: simulation.time + 2500)
  }

  private static let wider = Scenario.alone.maps[0]
  private static let other = Scenario.alone.maps[1]

  @Test(arguments: [Scenario.alone, .aloneManual])
  func `nobody begins unasked, and one bootstrap brings all`(scenario: Scenario) {
    let simulation = start(scenario)
    for node in simulation.nodes { #expect(node.control.view.number == 0) }
    simulation.queue.add(.command(node: 1, .bootstrap), at: 1000)
    simulation.play(until: 3000)
    #expect(simulation.lastView.ready == [0, 1])
    #expect(simulation.isWhole)
  }

  @Test func `who restarts with nothing is back in the view by itself`() {
    let simulation = cluster(.alone)
    let kept = simulation.nodes[0].items
    simulation.clientsEnd = 0
    simulation.play(until: simulation.time + 100)
    simulation.end(1, isPower: false, keepsData: false, 300)
    simulation.play(until: simulation.time + 2000)
    #expect(simulation.isWhole)
    #expect(simulation.nodes[1].items.allSatisfy { $0 == nil })
    #expect(zip(kept, simulation.nodes[0].items).allSatisfy { ($0 == nil) == ($1 == nil) })
    #expect(simulation.history.violation == nil)
  }

  @Test func `who was left out has its only copies still`() {
    let simulation = cluster(.beside)
    simulation.clientsEnd = 0
    simulation.play(until: simulation.time + 100)
    let sole = (0..<Simulation.keys).filter { simulation.owners($0, simulation.store) == [1] }
    let before = sole.map { simulation.nodes[1].items[$0] }
    #expect(before.contains { $0 != nil })
    for other in [0, 2, 3] { simulation.cut(1, other, until: simulation.time + 3000) }
    simulation.storeCutUntil[1] = simulation.time + 3000
    simulation.play(until: simulation.time + 2500)
    #expect(simulation.store.ready == [0, 2])
    simulation.play(until: simulation.time + 3000)
    #expect(simulation.isWhole)
    #expect(sole.map { simulation.nodes[1].items[$0] } == before)
  }

  @Test func `a change waits for who has only copies, and for nobody who was given up`() {
    let simulation = cluster(.alone)
    for other in [0, 2] { simulation.cut(1, other, until: .max / 2) }
    simulation.storeCutUntil[1] = .max / 2
    simulation.play(until: simulation.time + 2000)
    let without = Scenario.alone.maps[3]
    let obstacle = simulation.nodes[0].control.obstacle(to: without)
    #expect(obstacle?.contains("the only copy of keys") == true)
    order(simulation, .change(without))
    #expect(simulation.store.change == nil && simulation.store.map.pools[0].copies == [[0, 1]])
    // Gone for good.
    simulation.end(1, isPower: false, keepsData: false, 100_000)
    order(simulation, .drop(1, force: true))
    #expect(simulation.store.ready == [0])
    #expect(simulation.store.standings[1].isGivenUp)
    simulation.loseSoleKeys(of: 1)
    order(simulation, .change(without))
    #expect(simulation.store.change == nil && simulation.store.map.pools[0].copies == [[0]])
    #expect(simulation.history.violation == nil)
  }

  @Test func `without a store a lost keeper is given up at any other node`() {
    let simulation = cluster(.aloneManual)
    #expect(simulation.nodes[1].control.keeper(of: simulation.lastView) == 0)
    simulation.end(0, isPower: false, keepsData: false, 100_000)
    simulation.play(until: simulation.time + 1000)
    order(simulation, .drop(0, force: true), at: 1)
    #expect(simulation.nodes[1].control.view.ready == [1])
    order(simulation, .change(Self.other), at: 1)
    #expect(simulation.nodes[1].control.view.map.pools[0].copies == [[1, 2]])
    #expect(simulation.nodes[1].control.view.change == nil)
  }

  @Test func `from one copy to two and back nothing is lost`() {
    let simulation = cluster(.doubling)
    for map in Scenario.doubling.maps {
      order(simulation, .change(map))
      #expect(simulation.isWhole)
      #expect(simulation.store.map.pools[0].copies == map.pools[0].copies)
    }
    #expect(simulation.history.violation == nil)
  }
}
