import ArgumentParser
import HearthJSON

/// `hearthctl demote NODE`: makes a node's partner active.
struct DemoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demote", abstract: "Makes the partner of a node active in their pair.")

  @OptionGroup var options: AdminOptions
  @Argument(help: "The node's name.") var node: String

  func run() throws {
    try ClusterOrder.send(
      "demote", [("node", .string(node))],
      done: "the partner of \(Format.printable(node)) takes over; hearthctl view shows it", options)
  }
}
