import ArgumentParser
import HearthAdmin
import HearthJSON

/// `hearthctl status`: what the daemon is and holds.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Shows the daemon's version, age and pools.")

  @OptionGroup var options: AdminOptions

  func run() throws {
    let client = try options.client()
    try options.show(try client.get("/v1/status"), client, Self.text)
  }

  static func text(_ answer: JSONValue) -> String? {
    guard let status = AdminStatus(answer) else { return nil }
    var table = Table(["POOL", "KIND", "ITEMS", "BYTES", "LIMIT"], words: 2)
    for pool in status.pools {
      table.add([
        Format.printable(pool.name), Format.printable(pool.kind), "\(pool.items)", Format.bytes(pool.bytes),
        Format.bytes(pool.limit),
      ])
    }
    let version = Format.printable(status.version)
    let age = Format.duration(seconds: status.uptime)
    return "hearthd \(version), process \(status.pid), up \(age)\n\n\(table.text)"
  }
}
