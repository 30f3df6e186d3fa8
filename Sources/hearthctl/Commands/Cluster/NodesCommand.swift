import ArgumentParser
import HearthAdmin
import HearthJSON

/// `hearthctl nodes`: the nodes of the cluster, how far each is, and whether it is protected.
struct NodesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nodes", abstract: "Shows each node of the cluster, as the node that is asked sees it.",
    discussion:
      "The lag is what a copy has not acknowledged yet. An unprotected node holds some keys as the only ready one."
  )

  @OptionGroup var options: AdminOptions

  func run() throws {
    let client = try options.client()
    try options.show(try client.get("/v1/cluster"), client, Self.text)
  }

  static func text(_ answer: JSONValue) -> String? {
    guard let cluster = ClusterListing(answer) else { return nil }
    var table = Table(
      ["NODE", "ZONE", "ADDRESS", "STATE", "PROTECTED", "SINCE", "EPOCH", "INCARNATION", "LAG", "RECORDS"],
      words: 5)
    for node in cluster.nodes {
      table.add([
        Format.printable(node.name), node.zone.isEmpty ? "-" : Format.printable(node.zone),
        Format.printable(node.address), Format.printable(node.state), node.isProtected ? "yes" : "no",
        number(node.since), number(node.epoch), number(node.incarnation),
        node.lag.map { Format.hold(milliseconds: $0.milliseconds) } ?? "-",
        node.lag.map { "\($0.records)" } ?? "-",
      ])
    }
    let loads = cluster.nodes.compactMap { node in node.resync.map { line(node.name, $0) } }
    return ([table.text] + loads).joined(separator: "\n")
  }

  /// 0 stands for what is not.
  private static func number(_ value: UInt64) -> String { value == 0 ? "-" : "\(value)" }

  private static func line(_ name: String, _ resync: ClusterListing.Resync) -> String {
    let left = resync.secondsLeft.map { ", \(Format.duration(seconds: $0)) left" } ?? ""
    return "\(Format.printable(name)) loads: \(resync.percent)%, \(resync.items) items, "
      + "\(Format.bytes(resync.bytes))\(left)"
  }
}
