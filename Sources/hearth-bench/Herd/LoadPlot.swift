/// Computations in flight over time as text: one line of block characters per scenario, all on one scale.
struct LoadPlot {
  static let width = 72
  private static let blocks: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  private var rows: [(title: String, load: DatabaseLoad)] = []
  /// Nanoseconds that each row covers.
  let duration: UInt64

  init(duration: UInt64) { self.duration = duration }

  mutating func add(_ title: String, _ computations: [Computation]) {
    rows.append((title, DatabaseLoad(computations, duration: duration, columns: Self.width)))
  }

  var text: String {
    let peak = rows.map(\.load.peak).max() ?? 0
    var lines: [String] = []
    for (title, load) in rows {
      lines.append("\(title): at most \(Format.grouped(UInt64(load.peak)))")
      lines.append(String(load.columns.map { Self.block($0, of: peak) }))
    }
    let end = "\(Format.decimal(Double(duration) / 1e9, 1)) s"
    lines.append(String(repeating: "-", count: Self.width))
    lines.append("0 s" + String(repeating: " ", count: Self.width - 3 - end.count) + end)
    return lines.joined(separator: "\n")
  }

  /// Nothing is blank, anything at least the lowest block, the peak the full one.
  static func block(_ value: Int, of peak: Int) -> Character {
    if value <= 0 || peak <= 0 { return blocks[0] }
    return blocks[max(1, min(8, (value * 8 + peak / 2) / peak))]
  }
}
