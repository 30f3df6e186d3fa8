/// The comparison as a Markdown table: one row per case, ratios of memcached's cost to hearthd's.
struct CompareTable {
  static let plain = "memcached"
  static let tuned = "memcached -R 1000"
  static let ours = "hearthd"

  private let withTuned: Bool
  private var table: MarkdownTable

  init(tuned: Bool) {
    withTuned = tuned
    table = MarkdownTable(
      tuned
        ? ["case", "memcached", "-R 1000", "hearthd", "ratio", "ratio to -R 1000", "target", "met"]
        : ["case", "memcached", "hearthd", "ratio", "target", "met"])
  }

  /// - Parameter medians: microseconds per operation by the names above.
  mutating func add(_ item: CompareCase, _ medians: [String: Double]) {
    let ours = medians[Self.ours] ?? .nan
    let ratio = (medians[Self.plain] ?? .nan) / ours
    var row = [item.title, Format.decimal(medians[Self.plain] ?? .nan, 3)]
    if withTuned { row.append(Format.decimal(medians[Self.tuned] ?? .nan, 3)) }
    row += [Format.decimal(ours, 3), Format.decimal(ratio, 2)]
    if withTuned { row.append(Format.decimal((medians[Self.tuned] ?? .nan) / ours, 2)) }
    // What is shown decides: a printed 1.40 meets 1.4.
    row += [Format.decimal(item.target, 1), (ratio * 100).rounded() / 100 >= item.target ? "yes" : "no"]
    table.add(row)
  }

  var text: String { table.text }
}
