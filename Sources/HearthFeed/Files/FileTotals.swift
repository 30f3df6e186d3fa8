/// Sums over all files that are known.
struct FileTotals {
  private(set) var files = 0
  private(set) var bytes = 0
  private(set) var stored = 0
  private(set) var storedBytes = 0
  /// Files that have to be read yet.
  private(set) var due = 0
  /// Files that found no room.
  private(set) var withoutRoom = 0

  mutating func add(_ record: FileRecord) { count(record, 1) }
  mutating func subtract(_ record: FileRecord) { count(record, -1) }

  private mutating func count(_ record: FileRecord, _ sign: Int) {
    files += sign
    if record.due != .no { due += sign }
    if record.leftOut == .noRoom { withoutRoom += sign }
    if record.isStored { stored += sign }
    if record.isStored { storedBytes += sign * Int(record.size) }
    if record.isStored || record.leftOut == .noRoom || record.due != .no { bytes += sign * Int(record.size) }
  }
}
