import ArgumentParser
import HearthAdmin
import HearthJSON

/// `hearthctl feeds`: what each feed does, and its tables.
struct FeedsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "feeds", abstract: "Shows each feed, how far it is behind, and its tables.")

  @OptionGroup var options: AdminOptions

  func run() throws {
    let client = try options.client()
    try options.show(try client.get("/v1/feeds"), client, Self.text)
  }

  /// The feeds of an answer; nil: it is not hearthd's.
  static func listings(_ answer: JSONValue) -> [FeedListing]? {
    guard let items = answer["feeds"]?.items else { return nil }
    let feeds = items.compactMap(FeedListing.init)
    return feeds.count == items.count ? feeds : nil
  }

  static func text(_ answer: JSONValue) -> String? {
    guard let feeds = listings(answer) else { return nil }
    if feeds.isEmpty { return "there are no feeds" }
    return feeds.map(text).joined(separator: "\n\n")
  }

  private static func text(_ feed: FeedListing) -> String {
    var lines = ["feed \(Format.printable(feed.name)): \(Format.printable(feed.phase))\(load(feed))"]
    if !feed.server.isEmpty {
      let place = feed.position.isEmpty ? "" : " at \(Format.printable(feed.position))"
      lines.append("  follows \(Format.printable(feed.server))\(place)")
    }
    if let lag = lag(feed) { lines.append("  behind by \(lag)") }
    if feed.differences > 0 {
      lines.append("  entries that were wrong and are repaired: \(feed.differences)")
    }
    if !feed.lastError.isEmpty {
      let age = feed.lastErrorAge.map { ", \(Format.duration(seconds: $0)) ago" } ?? ""
      lines.append("  last error\(age): \(Format.printable(feed.lastError))")
    }
    var table = Table(["  TABLE", "STATE", "ROWS READ"], words: 2)
    for item in feed.tables {
      let state = item.problem.map { "failed: \($0)" } ?? (item.isLoaded ? "loaded" : "loading")
      table.add(["  " + Format.printable(item.name), Format.printable(state), "\(item.rows)"])
    }
    return (lines + [table.text]).joined(separator: "\n")
  }

  private static func load(_ feed: FeedListing) -> String {
    if feed.phase != "loading" { return "" }
    let left = feed.loadSecondsLeft.map { ", \(Format.duration(seconds: $0)) left" } ?? ""
    return " \(feed.loadPercent)%\(left)"
  }

  /// Nil: there is nothing to be behind of, or it is not known.
  private static func lag(_ feed: FeedListing) -> String? {
    guard let bytes = feed.lagBytes else {
      return feed.lagSeconds == 0 ? nil : "\(Format.duration(seconds: feed.lagSeconds))"
    }
    if bytes == 0 { return "nothing" }
    let transactions = feed.lagTransactions.map { ", \($0) transactions" } ?? ""
    return "\(Format.duration(seconds: feed.lagSeconds)), \(Format.bytes(bytes))\(transactions)"
  }
}
