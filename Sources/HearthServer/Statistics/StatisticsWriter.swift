/// Collects `STAT name value` lines. Slow path: made for a monitor every few seconds.
struct StatisticsWriter {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ name: String, _ value: some CustomStringConvertible) {
    line("STAT \(name) \(value)")
  }

  mutating func add(_ name: String, _ value: Bool) { line("STAT \(name) \(value ? "yes" : "no")") }

  mutating func line(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    bytes.append(0x0d)
    bytes.append(0x0a)
  }

  /// A number of nanoseconds as microseconds with one decimal.
  static func microseconds(_ nanoseconds: UInt64) -> String {
    "\(nanoseconds / 1000).\(nanoseconds % 1000 / 100)"
  }
}
