import Foundation
import Testing

@testable import HearthCluster

/// Whole clusters under faults, from seeds: nothing that was acknowledged is lost, no read is old, and all is well in the end.
@Suite("Simulated clusters")
struct SimulationTests {
  static var isThorough: Bool { ProcessInfo.processInfo.environment["HEARTH_SLOW"] != nil }
  /// `HEARTH_SEED=123` plays one history and shows its trace.
  static let seed = ProcessInfo.processInfo.environment["HEARTH_SEED"].flatMap { Int($0) }
  static let parts = 8
  static var seeds: Int { isThorough ? 100_000 : 2_000 }

  @Test(arguments: 0..<parts)
  func `histories are right whatever fails`(part: Int) {
    for seed in stride(from: part, to: Self.seeds, by: Self.parts) where Self.seed == nil || seed == Self.seed
    {
      let scenario = Scenario.all[seed % Scenario.all.count]
      if let violation = Simulation(scenario, seed: UInt64(seed)).run() {
        let again = Simulation(scenario, seed: UInt64(seed), isTraced: true)
        _ = again.run()
        Issue.record(
          "seed \(seed), \(scenario.name): \(violation)\n\(again.trace!.suffix(400).joined(separator: "\n"))")
        return
      }
    }
  }
}
