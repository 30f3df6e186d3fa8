/// How far the load of a feed's tables is. Totals are the server's estimates, so the share is bounded below 100 until the end.
struct LoadProgress: Sendable, Equatable {
  /// Rows of all tables, as the server estimates.
  private(set) var expected: UInt64
  /// Rows read.
  private(set) var rows: UInt64 = 0
  /// When it began, nanoseconds.
  let start: UInt64
  /// All tables are loaded.
  private(set) var isComplete = false
  /// When a line for people is due, nanoseconds.
  private var nextLine: UInt64
  /// Nanoseconds between two lines.
  private static let lineInterval: UInt64 = 10_000_000_000

  init(expected: UInt64, start: UInt64) {
    self.expected = expected
    self.start = start
    nextLine = start + Self.lineInterval
  }

  /// A line for people, every ten seconds; nil: it is not time.
  mutating func line(now: UInt64) -> String? {
    if isComplete || now < nextLine { return nil }
    nextLine = now + Self.lineInterval
    let left = secondsLeft(now: now).map { ", \($0) s left" } ?? ""
    return "loading \(percent)%: \(rows) of about \(expected) rows\(left)"
  }

  /// So many rows more were read.
  mutating func add(_ count: Int) {
    rows += UInt64(count)
    if rows > expected { expected = rows }
  }

  /// A table turned out to have `rows` instead of what was estimated.
  mutating func correct(estimated: UInt64, actual: UInt64) {
    expected = max(expected &- min(expected, estimated) &+ actual, rows)
  }

  /// Everything is there.
  mutating func finish() { isComplete = true }

  /// 0...99, 100 at the end.
  var percent: Int {
    if isComplete { return 100 }
    if expected == 0 { return 0 }
    return min(99, Int(rows * 100 / expected))
  }

  /// Seconds that the rest takes at the speed so far; nil: nothing can be said yet.
  func secondsLeft(now: UInt64) -> UInt64? {
    let spent = now &- start
    if isComplete { return 0 }
    if rows == 0 || spent < 100_000_000 { return nil }
    return UInt64(Double(expected - rows) * (Double(spent) / Double(rows)) / 1e9)
  }
}
