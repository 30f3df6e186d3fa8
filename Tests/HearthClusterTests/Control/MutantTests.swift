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
    /// The seed to begin with: some faults are rare.
    var first = 0
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
      testDescription: "what a lost primary left is not compared", rule: .comparison,
      scenarios: [.three, .hasty],
      faults: [.cut, .restart, .reset], first: 5080),
    Mutant(testDescription: "a primary reads without asking", rule: .primaryLease),
    Mutant(
      testDescription: "a replica's lease outlasts its primary's", rule: .chain, scenarios: [.hasty],
      faults: [.split]),
  ]

  @Test(arguments: mutants)
  func `a wrong history is found`(mutant: Mutant) {
    for seed in mutant.first..<mutant.first + 3000 {
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
}
