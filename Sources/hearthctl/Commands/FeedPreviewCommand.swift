import ArgumentParser
import Glibc
import HearthAdmin

/// `hearthctl feed preview TABLE`: the keys and values that some rows become.
struct FeedPreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview", abstract: "Shows the keys and values that the first rows of a table become.",
    discussion: "Nothing is stored. Of long values the first 2048 bytes are shown.")

  @OptionGroup var options: AdminOptions
  @Option(help: "So many rows, 1 to 100.") var rows = 5
  @Argument(help: "DATABASE.TABLE.") var table: String

  func validate() throws {
    guard 1...100 ~= rows else { throw ValidationError("--rows must be 1 to 100") }
  }

  func run() throws {
    let client = try options.client()
    let answer = try client.post(
      "/v1/feeds/preview", .object([("table", .string(table)), ("rows", .unsigned(UInt64(rows)))]))
    guard let number = answer["number"]?.unsigned else { throw client.strange }
    // The reading of a chunk comes to its end first.
    for _ in 0..<600 {
      let state = try client.get("/v1/feeds/preview?number=\(number)")
      switch PreviewListing(state) {
      case nil: throw client.strange
      case .pending: usleep(50_000)
      case .failed(let line): throw Failure.refused(Format.printable(line))
      case .done(let rows):
        Console.output(options.json ? state.description : Self.text(rows))
        return
      }
    }
    throw Failure.refused("the feed did not answer within 30 s; hearthctl feeds says what it does")
  }

  static func text(_ rows: PreviewListing.Rows) -> String {
    var lines: [String] = []
    for entry in rows.entries {
      let key = Format.printable(entry.key)
      switch entry.kind {
      case "bump": lines.append("bump \(key)")
      case "requery": lines.append("requery \(key)")
      default:
        var facts = "\(entry.length) bytes"
        if entry.flags != 0 { facts += ", flags \(entry.flags)" }
        if entry.ttl != 0 { facts += ", \(Format.duration(seconds: entry.ttl))" }
        let more = UInt64(entry.value.utf8.count) < entry.length ? "..." : ""
        lines.append("\(key) (\(facts))\n  \(Format.printable(entry.value))\(more)")
      }
    }
    var sum = "\(rows.count) rows"
    if rows.excluded > 0 { sum += ", \(rows.excluded) left out by where" }
    if rows.skipped > 0 { sum += ", \(rows.skipped) entries without a valid key" }
    return (lines + [sum]).joined(separator: "\n")
  }
}
