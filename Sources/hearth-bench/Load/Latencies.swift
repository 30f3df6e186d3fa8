/// Percentiles of each second, and their medians: what another program on the machine does to a second or two decides nothing.
struct Latencies: Equatable, Sendable {
  private var medians: [Double] = []
  private var tails: [Double] = []

  /// Adds a piece of a measurement: nanoseconds, by seconds. The last second, which may be a short one, does not count.
  mutating func add(_ seconds: [[UInt64]]) {
    for second in seconds.dropLast() where !second.isEmpty {
      let sorted = second.sorted()
      medians.append(Double(sorted[sorted.count / 2]) / 1000)
      tails.append(Double(sorted[sorted.count * 99 / 100]) / 1000)
    }
  }

  /// Microseconds.
  var p50: Double { Statistics.median(medians) }
  /// Microseconds.
  var p99: Double { Statistics.median(tails) }
}
