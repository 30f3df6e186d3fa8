import ArgumentParser
import HearthJSON

/// `hearthctl drop NODE`: takes a node from the ready ones.
struct DropCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop", abstract: "Takes a node from the ready ones.",
    discussion: "If it is there, it comes back by itself once it has caught up.")

  @OptionGroup var options: AdminOptions
  @Flag(help: "Also if it is the last to hold some keys, which are lost then.") var force = false
  @Argument(help: "The node's name.") var node: String

  func run() throws {
    try ClusterOrder.send(
      "drop", [("node", .string(node)), ("force", .boolean(force))],
      done: "\(Format.printable(node)) is dropped; hearthctl view shows it", options)
  }
}
