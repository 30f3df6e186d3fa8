import CHearth

/// When sweeps run.
extension TableReader {
  /// The next chunk of a sweep, if it is time: all tables one after another, as slowly as the period allows. Under the lock.
  func nextSweep(_ tables: [FollowedTable]) -> Work {
    let period = UInt64(feed.configuration.sweep) * 1_000_000_000
    if period == 0 { return .nothing }
    let now = hearth_monotonic_ns()
    if let table = tables.first(where: { $0.pass?.purpose == .sweep }) {
      return now >= nextSweepChunk ? .chunk(table) : .nothing
    }
    guard let table = tables.min(by: { $0.lastPass < $1.lastPass }), now - table.lastPass >= period / 2 else {
      return .nothing
    }
    table.want(.sweep)
    return .chunk(table)
  }

  /// After a chunk of a sweep: a pass over all tables takes a third of the period, and begins half a period after the last. Under the lock.
  func paceSweep(rows: Int, now: UInt64) {
    let total = feed.tables.reduce(1) { $0 + max($1.rows, $1.definition?.estimatedRows ?? 0) }
    let share = min(1, Double(rows) / Double(total))
    nextSweepChunk = now + UInt64(Double(feed.configuration.sweep) * 1e9 / 3 * share)
  }
}
