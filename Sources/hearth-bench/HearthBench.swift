import ArgumentParser

/// The command line: one subcommand per measurement.
@main
struct HearthBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hearth-bench",
    abstract: "Measures memcached servers: speed, density, misses, expiry.",
    subcommands: [
      RunCommand.self, CompareCommand.self, FillCommand.self, ReplayCommand.self, ExpiryCommand.self,
    ])
}
