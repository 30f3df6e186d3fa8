import Testing

@testable import HearthCluster

/// Each rule is needed: without it the checker finds a wrong history. That also shows that the checker can.
@Suite("Rules left out")
struct MutantTests {
  static let mutants: [(name: String, rule: ControlRules)] = [
    ("wait for the end of leases", .leaseWait), ("require who was promised", .promise),
    ("refuse lower views", .refusal), ("discard what a former primary holds", .discard),
    ("drain who steps down", .drain), ("compare what a lost primary left", .comparison),
    ("ask replicas before a primary reads", .primaryLease), ("chain leases", .chain),
  ]

  @Test(arguments: 0..<mutants.count)
  func `without the rule a violation is found`(mutant: Int) {
    let limit = 6000
    for seed in 0..<limit {
      var scenario = Scenario.all[seed % Scenario.all.count]
      scenario.omitted = Self.mutants[mutant].rule
      if let violation = Simulation(scenario, seed: UInt64(seed)).run(), !violation.hasPrefix("not whole") {
        print("\(Self.mutants[mutant].name): seed \(seed), \(scenario.name): \(violation)")
        return
      }
    }
    Issue.record("\(Self.mutants[mutant].name): nothing found in \(limit) seeds")
  }
}
