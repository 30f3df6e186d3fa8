/// Counts computations per expiry.
struct ExpiryTally: Equatable, Sendable {
  /// Computations of each expiry, in order. An expiry whose value was not there at the end of the run is left out.
  let counts: [Int]

  var median: Double { Statistics.median(counts.map(Double.init)) }
  var most: Int { counts.max() ?? 0 }

  /// All that begin before the first value of an expiry is there, or shortly after, belong to that expiry: from then
  /// on the key lives again, for at least three quarters of its time to live (early refresh begins in the last
  /// quarter), or a second less than it where the server counts whole seconds.
  ///
  /// - Parameters:
  ///   - computations: in the order in which they began.
  ///   - margin: nanoseconds after the first value that still count as "shortly after".
  init(_ computations: [Computation], margin: UInt64) {
    var counts: [Int] = []
    var current = 0
    var firstEnd: UInt64?
    for computation in computations {
      if let end = firstEnd, computation.start > end + margin {
        counts.append(current)
        current = 0
        firstEnd = nil
      }
      current += 1
      if let end = computation.end { firstEnd = min(firstEnd ?? end, end) }
    }
    if firstEnd != nil { counts.append(current) }
    self.counts = counts
  }
}
