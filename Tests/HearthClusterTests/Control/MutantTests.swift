import Testing

@testable import HearthCluster

/// Each rule is needed: without it the checker finds a wrong history. That also shows that the checker can.
@Suite("Rules left out")
struct MutantTests {
  struct Mutant: CustomTestStringConvertible {
    var testDescription: String
    var rule: ControlRules
    var scenarios = Scenario.all
    /// Faults that the rule is about; all if empty.
    var faults: [FaultKind] = []
  }

  static let mutants = [
    Mutant(
      testDescription: "nobody waits for the end of leases", rule: .leaseWait, scenarios: [.hasty],
      faults: [.cut, .isolation, .split]),
    Mutant(testDescription: "who was promised is not required", rule: .promise),
    Mutant(testDescription: "lower views are not refused", rule: .refusal),
    Mutant(testDescription: "a former primary keeps what it holds", rule: .discard),
    Mutant(testDescription: "who steps down is not drained", rule: .drain),
    Mutant(
      testDescription: "a replica's lease outlasts its primary's", rule: .chain, scenarios: [.hasty],
      faults: [.split]),
    Mutant(testDescription: "everybody goes by its own clock", rule: .clock),
    Mutant(
      testDescription: "the map changes before nodes have what they gain", rule: .gain,
      scenarios: Scenario.changes, faults: [.change]),
    Mutant(
      testDescription: "what is removed may still come", rule: .purgeWait, scenarios: Scenario.changes,
      faults: [.change, .change, .cut, .pause]),
    Mutant(
      testDescription: "the map changes without owners of only copies", rule: .awaited,
      scenarios: Scenario.sole),
    Mutant(
      testDescription: "who has only copies discards them with what is old", rule: .cleanReturn,
      scenarios: [.alone]),
  ]

  /// Histories of double losses in which nodes waited for each other for ever.
  static let waits: [(rule: ControlRules, scenario: Scenario, seed: UInt64)] = [
    (.ownReigns, .changingHasty, 26080), (.laterLosses, .changingTwo, 29462),
    (.laterLosses, .changingTwo, 35678),
  ]

  @Test(arguments: waits.indices)
  func `nodes do not wait for each other`(index: Int) {
    var scenario = Self.waits[index].scenario
    #expect(Simulation(scenario, seed: Self.waits[index].seed).run() == nil)
    scenario.omitted = Self.waits[index].rule
    let violation = Simulation(scenario, seed: Self.waits[index].seed).run()
    #expect(violation?.hasPrefix("not whole") == true)
  }

  @Test(arguments: mutants)
  func `a wrong history is found`(mutant: Mutant) {
    for seed in 0..<3000 {
      var scenario = mutant.scenarios[seed % mutant.scenarios.count]
      scenario.omitted = mutant.rule
      if !mutant.faults.isEmpty { scenario.faults = mutant.faults }
      guard let violation = Simulation(scenario, seed: UInt64(seed)).run() else { continue }
      if violation.hasPrefix("not whole") { continue }
      print("\(mutant.testDescription): seed \(seed), \(scenario.name): \(violation)")
      return
    }
    Issue.record("nothing found in 3000 seeds")
  }

  /// A primary whose last records came to one of its replicas only is lost.
  @Test(arguments: [ControlRules.comparison, []])
  func `what a lost primary left is compared`(omitted: ControlRules) {
    var scenario = Scenario.three
    scenario.omitted = omitted
    scenario.faults = []
    let simulation = Simulation(scenario, seed: 3)
    for node in 0..<3 { simulation.queue.add(.start(node: node, dataKept: false), at: 1) }
    for (a, b) in [(0, 1), (0, 2), (1, 2)] { simulation.queue.add(.connect(a, b), at: 10) }
    simulation.queue.add(.command(node: 0, .bootstrap), at: 100)
    simulation.clientsEnd = 2150
    simulation.queue.add(.client, at: 1500)
    simulation.play(until: 2000)
    simulation.cut(0, 2, until: 20_000)
    simulation.play(until: 2150)
    simulation.end(0, isPower: false, keepsData: true, 20_000)
    simulation.play(until: 6000)
    #expect(simulation.store.ready == [1, 2])
    #expect((simulation.nodes[1].items == simulation.nodes[2].items) == omitted.isEmpty)
  }
}
