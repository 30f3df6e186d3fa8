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

  @Test func `a standby that claims its part gets it while the other one hands over`() {
    let simulation = pair()
    simulation.queue.add(.command(node: 1, .claim), at: 2000)
    simulation.play(until: 2100)
    #expect(simulation.store.ready == [0, 1])
    #expect(simulation.nodes[1].decision?.acceptsWrites == true)
    #expect(roles(simulation) == [0, 50])
    // Who is active has nothing to claim.
    let view = simulation.store.number
    simulation.queue.add(.command(node: 1, .claim), at: 3000)
    simulation.play(until: 4000)
    #expect(simulation.store.number == view)
    #expect(simulation.history.violation == nil)
  }

  @Test func `a claim takes over from nobody who is lost`() {
    let simulation = pair(.manual)
    simulation.end(0, isPower: false, keepsData: false, 20_000)
    simulation.play(until: 4000)
    simulation.queue.add(.command(node: 1, .claim), at: 4000)
    simulation.play(until: 8000)
    #expect(roles(simulation)[1] == 0)
    #expect(simulation.nodes[1].control.view.actives == [0])
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

  @Test(arguments: [-600_000, 600_000])
  func `a node that starts with a wrong clock loads by that of the others`(offset: Int) {
    let simulation = pair()
    simulation.end(1, isPower: false, keepsData: false, 100)
    simulation.nodes[1].wallOffset = offset
    simulation.play(until: 4000)
    #expect(simulation.store.ready == [0, 1])
    #expect(abs(simulation.nodes[1].clockShift + offset) < 100)
    // Those that come later go by it, too.
    simulation.end(0, isPower: false, keepsData: false, 100)
    simulation.nodes[0].wallOffset = -offset
    simulation.play(until: 6000)
    #expect(simulation.store.ready == [0, 1])
    #expect(abs(simulation.nodes[0].clockShift - offset) < 100)
    #expect(simulation.history.violation == nil)
  }

  @Test func `a node that was suspended loads again by the clock of the others`() {
    let simulation = pair()
    simulation.cut(0, 1, until: 5000)
    simulation.play(until: 4000)
    let other = simulation.store.ready == [0] ? 1 : 0
    simulation.nodes[other].clockOffset = -10_000
    simulation.play(until: 7000)
    #expect(simulation.store.ready == [0, 1])
    #expect(abs(simulation.nodes[other].clockShift - 10_000) < 100)
    #expect(simulation.history.violation == nil)
  }

  @Test func `after the loss of everything a node is bootstrapped though its clock was set back`() {
    var scenario = Scenario.pair
    scenario.hasStateFiles = false
    let simulation = pair(scenario)
    // Everything is lost, and that is no fault.
    simulation.history.isAsync = true
    simulation.storeAwayUntil = 2600
    simulation.end(0, isPower: true, keepsData: false, 1000)
    simulation.play(until: 2500)
    simulation.end(1, isPower: true, keepsData: false, 500)
    for node in simulation.nodes {
      node.wallOffset = -600_000
      node.durable = nil
    }
    simulation.play(until: 4000)
    #expect(simulation.store.ready == [0, 1])
    #expect(simulation.nodes.allSatisfy { $0.decision?.acceptsWrites == false })
    simulation.queue.add(.command(node: 0, .bootstrap), at: 4000)
    simulation.play(until: 6000)
    #expect(simulation.store.ready == [0, 1])
    #expect(roles(simulation) == [50, 0])
  }

  @Test func `a primary without its replica's lease does not read`() {
    let simulation = pair()
    simulation.storeAwayUntil = 10_000
    simulation.cut(0, 1, until: 10_000)
    simulation.play(until: 2300)
    let active = simulation.nodes[0]
    #expect(active.clock(simulation.time) >= active.decision!.readUntil[0])
  }

  /// It misses the view in which it is ready first, and the node that was primary then is a copy when it is back.
  @Test(arguments: [false, true])
  func `a node that became ready without knowing it takes the last records of that time`(isRestarted: Bool) {
    var count = 0
    for seed in 0..<100 {
      var scenario = Scenario.three
      scenario.faults = []
      let simulation = Simulation(scenario, seed: UInt64(seed))
      for node in 0..<3 { simulation.queue.add(.start(node: node, dataKept: false), at: 1) }
      for (a, b) in [(0, 1), (0, 2), (1, 2)] { simulation.queue.add(.connect(a, b), at: 10) }
      simulation.queue.add(.command(node: 0, .bootstrap), at: 100)
      simulation.clientsEnd = 100_000
      simulation.queue.add(.client, at: 1500)
      simulation.play(until: 2000)
      simulation.end(0, isPower: false, keepsData: false, 2500)
      simulation.play(until: 2600)
      simulation.cut(1, 2, until: 4500 - 10 * (seed % 10))
      simulation.storeCutUntil[2] = 4000
      simulation.play(until: 4000)
      while simulation.store.ready != [1, 2] && simulation.time < 6000 {
        simulation.play(until: simulation.time + 1)
      }
      guard simulation.store.ready == [1, 2], !simulation.nodes[2].control.isReady else { continue }
      count += 1
      if isRestarted {
        simulation.end(2, isPower: false, keepsData: true, 150)
      } else {
        for peer in 0..<2 { simulation.cut(2, peer, until: simulation.time + 250) }
        simulation.storeCutUntil[2] = simulation.time + 250
        simulation.queue.add(.storeBack(node: 2), at: simulation.time + 250)
      }
      simulation.play(until: simulation.time + 1000)
      simulation.end(0, isPower: false, keepsData: false, 500)
      simulation.play(until: simulation.time + 2000)
      #expect(simulation.history.violation == nil, "seed \(seed)")
    }
    #expect(count > 20)
  }
}
