import ArgumentParser
import HearthAdmin
import HearthJSON

/// `hearthctl locks`: the keyed mutexes that are held now.
struct LocksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "locks", abstract: "Lists the keyed mutexes that are held now.",
    discussion: "Of a key hearthd knows the MD5 only. The owner is the number of a connection.")

  @OptionGroup var options: AdminOptions
  @Option(help: "List this many at most, 1 to 10000.") var limit = 1000

  func validate() throws {
    guard 1...10_000 ~= limit else { throw ValidationError("--limit must be 1 to 10000") }
  }

  func run() throws {
    let client = try options.client()
    try options.show(try client.get("/v1/locks?limit=\(limit)"), client, Self.text)
  }

  static func text(_ answer: JSONValue) -> String? {
    guard let items = answer["locks"]?.items else { return nil }
    if items.isEmpty { return "no locks are held" }
    var table = Table(["KEY (MD5)", "OWNER", "HELD", "WAITERS"], words: 1)
    for item in items {
      guard let lock = LockListing(item) else { return nil }
      table.add([
        Format.printable(lock.key), "\(lock.owner)", Format.hold(milliseconds: lock.heldForMilliseconds),
        "\(lock.waiters)",
      ])
    }
    return table.text
  }
}
