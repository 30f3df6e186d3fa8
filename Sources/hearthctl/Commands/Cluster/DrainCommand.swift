import ArgumentParser

/// `hearthctl drain`: takes everything from a node, so that it can be stopped.
struct DrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain", abstract: "Hands over what the node that is asked does, so that it can be stopped.",
    discussion:
      "It does not come back before its next start. hearthctl nodes shows when it is no longer ready.")

  @OptionGroup var options: AdminOptions

  func run() throws {
    try ClusterOrder.send("drain", done: "the node hands over; hearthctl nodes shows it", options)
  }
}
