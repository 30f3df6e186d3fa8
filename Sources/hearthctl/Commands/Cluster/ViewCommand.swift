import ArgumentParser
import HearthAdmin
import HearthJSON

/// `hearthctl view`: the view, where it is kept, and who is active.
struct ViewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "view", abstract: "Shows the cluster's view: its number, its store, and who is active.")

  @OptionGroup var options: AdminOptions

  func run() throws {
    let client = try options.client()
    try options.show(try client.get("/v1/cluster"), client, Self.text)
  }

  static func text(_ answer: JSONValue) -> String? {
    guard let cluster = ClusterListing(answer) else { return nil }
    let ready = cluster.nodes.filter { $0.incarnation != 0 }.map { Format.printable($0.name) }
    var lines = [
      "cluster \(Format.printable(cluster.name)), as node \(Format.printable(cluster.node)) sees it: "
        + (cluster.view == 0 ? "no view yet; hearthctl bootstrap makes the first" : "view \(cluster.view)"),
      "  kept in: \(Format.printable(cluster.store))",
    ]
    if !cluster.trouble.isEmpty { lines.append("  trouble: \(Format.printable(cluster.trouble))") }
    lines.append("  ready: \(ready.isEmpty ? "none" : ready.joined(separator: ", "))")
    if let line = change(cluster) { lines.append("  map: \(line)") }
    if !cluster.isFileCurrent {
      lines.append("  file: asks for another map; hearthctl rebalance makes it the cluster's")
    }
    for pair in cluster.pairs {
      let names = pair.nodes.map(Format.printable).joined(separator: " and ")
      lines.append("  active of \(names): \(Format.printable(pair.active))")
    }
    return lines.joined(separator: "\n")
  }

  private static func change(_ cluster: ClusterListing) -> String? {
    switch cluster.change {
    case "loading":
      let late = cluster.nodes.filter { !$0.isComplete }.map { Format.printable($0.name) }
      let who = late.isEmpty ? "all nodes have" : late.joined(separator: ", ") + " still load"
      return "changes; \(who) what they gain"
    case "ending": return "the new one is in force; what is nobody's any more is being removed"
    case "removing": return "this node removes what is not its own any more"
    default: return nil
    }
  }
}
