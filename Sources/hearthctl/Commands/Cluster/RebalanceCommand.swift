import ArgumentParser
import HearthJSON

/// `hearthctl rebalance`: makes the map of the asked node's file the cluster's.
struct RebalanceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebalance",
    abstract: "Makes the nodes, weights and copies of the node's file the cluster's.",
    discussion: """
      Give all nodes the new file first, reload them (SIGHUP), and start the nodes that are new. Nodes that gain keys load them; \
      then the new map is in force, and what is nobody's any more is removed. hearthctl view shows how far it is.
      """)

  @OptionGroup var options: AdminOptions
  @Flag(help: "Takes the change back, as long as nodes still load.") var cancel = false

  func run() throws {
    try ClusterOrder.send(
      "rebalance", cancel ? [("cancel", .boolean(true))] : [],
      done: cancel
        ? "the change is taken back; hearthctl view shows it"
        : "nodes load what they gain; hearthctl view and hearthctl nodes show it", options)
  }
}
