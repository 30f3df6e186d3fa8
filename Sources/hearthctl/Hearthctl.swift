import ArgumentParser
import Glibc

/// The command line: one subcommand per thing an operator wants to know or do.
@main
struct Hearthctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hearthctl",
    abstract: "Looks at a running hearthd and acts on it, through its admin interface.",
    discussion: """
      hearthd must run with --admin, or with an admin: section in its file. Exit status: 0 done, 1 refused, \
      2 wrong usage, 3 hearthd cannot be reached.
      """,
    subcommands: [
      StatusCommand.self, BumpCommand.self, LocksCommand.self, FeedsCommand.self, FeedCommand.self,
      NodesCommand.self, ViewCommand.self, BootstrapCommand.self, PromoteCommand.self, DemoteCommand.self,
      DropCommand.self, DrainCommand.self, RebalanceCommand.self,
    ])

  /// Here, too, so that they may stand before the subcommand.
  @OptionGroup var options: AdminOptions

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as Failure {
      Console.error("hearthctl: \(failure)")
      Glibc.exit(failure.status)
    } catch {
      // Help and versions are errors to the parser, too.
      if exitCode(for: error).isSuccess { exit(withError: error) }
      Console.error(
        "hearthctl: \(message(for: error).replacing("\n", with: " ")); hearthctl --help shows the usage")
      Glibc.exit(Failure.usage)
    }
  }
}
