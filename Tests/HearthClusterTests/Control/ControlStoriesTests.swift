import Testing

@testable import HearthCluster

/// Single stories on a pair without other faults, as an operator sees them.
@Suite("A pair, step by step")
struct ControlStoriesTests {
  /// A pair that is up, with both nodes ready; clients ask all the time.
  private func pair(_ scenario: Scenario = .pair) -> Simulation {
    var scenario = scenario
    scenario.faults = []
    let simulation = Simulation(scenario, seed: 7)
    for node in simulation.nodes { simulation.queue.add(.start(node: node.number, dataKept: false), at: 1) }
    simulation.queue.add(.connect(0, 1), at: 10)
    simulation.queue.add(.command(node: 0, .bootstrap), at: 100)
    simulation.play(until: 1000)
    simulation.clientsEnd = 100_000
    simulation.queue.add(.client, at: 1000)
    simulation.play(until: 2000)
    return simulation
  }

  private func roles(_ simulation: Simulation) -> [Int?] { simulation.nodes.map(\.role) }

  @Test func `nobody is ready before the operator says so`() {
    let simulation = Simulation(.pair, seed: 1)
    for node in 0..<2 { simulation.queue.add(.start(node: node, dataKept: false), at: 1) }
    simulation.queue.add(.connect(0, 1), at: 10)
    simulation.play(until: 5000)
    #expect(roles(simulation) == [-254, -254])
    #expect(simulation.nodes.allSatisfy { $0.decision?.state == .empty })
  }

  @Test func `after a start one is active and the other warm`() {
    let simulation = pair()
    #expect(roles(simulation) == [50, 0])
    #expect(simulation.nodes.map { $0.decision?.state } == [.active, .warm])
    #expect(simulation.history.writes > 0)
  }

  @Test func `a killed active node is replaced within 100 ms, with a higher role until it is back`() {
    let simulation = pair()
    simulation.end(0, isPower: false, keepsData: false, 1000)
    simulation.play(until: 2100)
    #expect(simulation.nodes[1].role == 100)
    #expect(simulation.nodes[1].decision?.acceptsWrites == true)
    simulation.play(until: 4000)
    #expect(roles(simulation) == [0, 50])
    #expect(simulation.history.violation == nil)
  }

  @Test func `a planned switch keeps both ready`() {
    let simulation = pair()
    simulation.queue.add(.command(node: 0, .promote(1)), at: 2000)
    simulation.play(until: 2100)
    #expect(simulation.store.ready == [0, 1])
    #expect(simulation.nodes[1].decision?.acceptsWrites == true)
    #expect(roles(simulation) == [0, 50])
    simulation.play(until: 3000)
    #expect(simulation.nodes[0].control.incarnation == simulation.store.standings[0].incarnation)
    #expect(simulation.history.violation == nil)
  }

  @Test func `a drained node hands over first and is then not ready`() {
    let simulation = pair()
    simulation.queue.add(.command(node: 0, .drain), at: 2000)
    simulation.play(until: 3000)
    #expect(simulation.store.ready == [1])
    #expect(simulation.nodes[0].role == -254)
    #expect(simulation.nodes[1].decision?.acceptsWrites == true)
    #expect(simulation.nodes[1].decision?.isUnprotected == true)
    #expect(simulation.history.violation == nil)
  }

  @Test func `the last holder is not dropped unless it is forced`() {
    let simulation = pair()
    simulation.end(0, isPower: false, keepsData: false, 5000)
    simulation.play(until: 2100)
    simulation.queue.add(.command(node: 1, .drop(1, force: false)), at: 2100)
    simulation.play(until: 2500)
    #expect(simulation.store.ready == [1])
    simulation.queue.add(.command(node: 1, .drop(1, force: true)), at: 2500)
    simulation.play(until: 2600)
    #expect(simulation.store.ready == [])
  }

  @Test func `without a store a lost replica is dropped, and a primary only by the operator`() {
    let simulation = pair(.manual)
    // What the old primary acknowledges alone is lost by the takeover: that is the operator's decision.
    simulation.clientsEnd = 2000
    simulation.cut(0, 1, until: 10_000)
    simulation.play(until: 4000)
    #expect(simulation.nodes[0].control.view.ready == [0])
    #expect(simulation.nodes[1].control.view.ready == [0, 1])
    #expect(simulation.nodes[1].role == 0)
    simulation.queue.add(.command(node: 1, .promote(1)), at: 4000)
    simulation.play(until: 4500)
    #expect(simulation.nodes[1].role == 100)
    #expect(simulation.nodes[1].control.view.number > 1024)
    // They meet: what the operator said wins.
    simulation.play(until: 12_000)
    #expect(simulation.nodes[0].control.view.number == simulation.nodes[1].control.view.number)
    #expect(roles(simulation) == [0, 50])
  }

  @Test func `a node whose clock is off does not become ready`() {
    let simulation = pair()
    simulation.end(1, isPower: false, keepsData: false, 100)
    simulation.nodes[1].wallOffset = 1500
    simulation.play(until: 4000)
    #expect(simulation.store.ready == [0])
    simulation.nodes[1].wallOffset = 100
    simulation.play(until: 5000)
    #expect(simulation.store.ready == [0, 1])
  }

  @Test func `a primary without its replica's lease does not read`() {
    let simulation = pair()
    simulation.storeAwayUntil = 10_000
    simulation.cut(0, 1, until: 10_000)
    simulation.play(until: 2300)
    let active = simulation.nodes[0]
    #expect(active.clock(simulation.time) >= active.decision!.readUntil[0])
  }
}
