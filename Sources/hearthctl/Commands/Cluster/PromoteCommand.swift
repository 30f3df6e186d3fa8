import ArgumentParser
import HearthJSON

/// `hearthctl promote NODE`: makes a node active in its pairs.
struct PromoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote", abstract: "Makes a ready node active in its pairs.",
    discussion:
      "Without etcd it also takes over from a primary that is lost, and is then asked of the node itself: "
      + "make sure first that the lost one is really down.")

  @OptionGroup var options: AdminOptions
  @Argument(help: "The node's name.") var node: String

  func run() throws {
    try ClusterOrder.send(
      "promote", [("node", .string(node))],
      done: "\(Format.printable(node)) takes over; hearthctl view shows it", options)
  }
}
