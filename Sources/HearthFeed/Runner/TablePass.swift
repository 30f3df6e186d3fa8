/// One reading of a whole table in chunks, each a consistent view of its own.
final class TablePass {
  enum Purpose {
    /// Nothing is there yet.
    case load
    /// What is there may be wrong in places: differences are stored, but nobody is alarmed.
    case reload
    /// What is there should be right: differences are counted and repaired.
    case sweep
  }

  let purpose: Purpose
  /// Primary key of the last row read, as SQL; nil: none was.
  var last: [String]?
  /// Rows read.
  var rows: UInt64 = 0
  /// Differences met.
  var differences: UInt64 = 0
  /// Keys met by the pass or written by the log since it began, to tell what has vanished. Not in a first load.
  let seen: KeyFilter?
  /// Rows estimated when it began.
  let estimated: UInt64

  init(_ purpose: Purpose, estimated: UInt64, entries: Int, seed: UInt64) {
    self.purpose = purpose
    self.estimated = estimated
    seen =
      purpose == .load ? nil : KeyFilter(keys: Int(clamping: estimated) * max(entries, 1) * 5 / 4, seed: seed)
  }
}
