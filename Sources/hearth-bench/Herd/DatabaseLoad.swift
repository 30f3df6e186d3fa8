/// Computations in flight over time, in columns of equal length.
struct DatabaseLoad: Equatable, Sendable {
  /// The most computations in flight at one moment within each column.
  let columns: [Int]

  var peak: Int { columns.max() ?? 0 }

  /// - Parameters:
  ///   - duration: nanoseconds that the columns cover, from 0. What begins later is left out; what has no end
  ///     lasts until then.
  ///   - count: columns, 1 or more.
  init(_ computations: [Computation], duration: UInt64, columns count: Int) {
    var changes: [(time: UInt64, step: Int)] = []
    for computation in computations where computation.start < duration {
      changes.append((computation.start, 1))
      changes.append((min(computation.end ?? duration, duration), -1))
    }
    // At one moment ends come first: a computation that follows another is not at the same time as it.
    changes.sort { ($0.time, $0.step) < ($1.time, $1.step) }
    var columns = [Int](repeating: 0, count: count)
    var inFlight = 0
    var next = 0
    for column in 0..<count {
      let start = Self.time(of: column, of: count, duration)
      let end = Self.time(of: column + 1, of: count, duration)
      // What ends at the very beginning is not in the column any more.
      while next < changes.count, changes[next].time <= start {
        inFlight += changes[next].step
        next += 1
      }
      columns[column] = inFlight
      while next < changes.count, changes[next].time < end {
        inFlight += changes[next].step
        columns[column] = max(columns[column], inFlight)
        next += 1
      }
    }
    self.columns = columns
  }

  private static func time(of column: Int, of count: Int, _ duration: UInt64) -> UInt64 {
    let (high, low) = duration.multipliedFullWidth(by: UInt64(column))
    return UInt64(count).dividingFullWidth((high, low)).quotient
  }
}
