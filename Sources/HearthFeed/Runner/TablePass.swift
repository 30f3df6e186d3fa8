/// One reading of a whole table in chunks, each a consistent view of its own.
final class TablePass {
  /// The more urgent the greater.
  enum Purpose: Int {
    /// What is there should be right: differences are counted and repaired, in no hurry.
    case sweep
    /// The same, because somebody asked for it.
    case verify
    /// What is there may be wrong in places: differences are stored, but nobody is alarmed.
    case reload
    /// What is there counts for nothing: in a pool of this node alone nothing is; copies may hold what another node had read or
    /// followed before it was lost.
    case load
  }

  let purpose: Purpose
  /// Primary key of the last row read, as SQL; nil: none was.
  var last: [String]?
  /// Rows read.
  var rows: UInt64 = 0
  /// Entries that were missing or not what the row says.
  var differences: UInt64 = 0
  /// Keys met by the pass or written by the log since it began, to tell what has vanished. Not where nothing was there.
  let seen: KeyFilter?
  /// Rows estimated when it began.
  let estimated: UInt64

  /// A difference is an alarm.
  var isAlarming: Bool { purpose == .sweep || purpose == .verify }

  /// - Parameter beginsEmpty: If it is a load, nothing was there before.
  init(_ purpose: Purpose, estimated: UInt64, entries: Int, seed: UInt64, beginsEmpty: Bool) {
    self.purpose = purpose
    self.estimated = estimated
    seen =
      purpose == .load && beginsEmpty
      ? nil : KeyFilter(keys: Int(clamping: estimated) * max(entries, 1), seed: seed)
  }
}
