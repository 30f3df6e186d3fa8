import ArgumentParser

/// `hearthctl bootstrap`: the first start of a cluster.
struct BootstrapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bootstrap", abstract: "Makes the node that is asked ready with what it holds.",
    discussion: """
      For the first start of a cluster: on a node of the first copy, if that has several nodes on each of them; and when all copies were lost.
      """)

  @OptionGroup var options: AdminOptions

  func run() throws {
    try ClusterOrder.send("bootstrap", done: "the node gets ready; hearthctl view shows it", options)
  }
}
