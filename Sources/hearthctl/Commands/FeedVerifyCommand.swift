import ArgumentParser
import Glibc
import HearthAdmin

/// `hearthctl feed verify TABLE`: reads the table again, compares, repairs, and prints what was wrong.
struct FeedVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Reads a whole table again, compares it with its entries, and repairs them.",
    discussion:
      "Waits until it has ended. Exit status: 0 nothing was wrong, 1 something was or it could not be done.")

  @OptionGroup var options: AdminOptions
  @Argument(help: "DATABASE.TABLE, or the name of a feed of files.") var table: String

  func run() throws {
    let client = try options.client()
    let answer = try client.post("/v1/feeds/verify", .object([("table", .string(table))]))
    guard let number = answer["verification"]?.unsigned else { throw client.strange }
    var isTold = false
    while true {
      let listing = try client.get("/v1/feeds")
      guard let feeds = FeedsCommand.listings(listing) else { throw client.strange }
      guard let feed = feeds.first(where: { $0.tables.contains { $0.name == table } }),
        let found = feed.tables.first(where: { $0.name == table })
      else { throw Failure.refused("no feed follows \(Format.printable(table)) any more") }
      if found.verifications >= number { return try show(found) }
      if let problem = found.problem { throw Failure.refused(Format.printable(problem)) }
      if feed.phase == "connecting" {
        throw Failure.refused("the database is not connected: \(Format.printable(feed.lastError))")
      }
      if !found.isLoaded, !isTold {
        isTold = true
        Console.error(
          "\(Format.printable(table)) is being loaded (\(feed.loadPercent)%), and is verified then")
      }
      usleep(100_000)
    }
  }

  private func show(_ found: FeedListing.Table) throws(Failure) {
    let wrong = found.verified.differences + found.verified.vanished
    Console.output(options.json ? found.json.description : Self.text(found))
    if wrong > 0 { throw .refused("\(Format.printable(table)) was not right") }
  }

  static func text(_ found: FeedListing.Table) -> String {
    let (rows, differences, vanished) = found.verified
    if differences + vanished == 0 { return "\(Format.printable(found.name)): \(rows) rows, no difference" }
    return "\(Format.printable(found.name)): \(rows) rows, \(differences) entries were missing or wrong, "
      + "\(vanished) had no row; all are repaired"
  }
}
