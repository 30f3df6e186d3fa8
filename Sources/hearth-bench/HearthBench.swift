import ArgumentParser

/// The command line: one subcommand per measurement.
@main
struct HearthBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hearth-bench",
    abstract:
      "Measures memcached servers: speed, density, misses, expiry, herds, bumps, feeds, copies, faults.",
    subcommands: [
      RunCommand.self, CompareCommand.self, FillCommand.self, ReplayCommand.self, ExpiryCommand.self,
      HerdCommand.self, BumpCommand.self, ForwardCommand.self, FeedCommand.self, ResyncCommand.self,
      ChaosCommand.self,
    ])
}
