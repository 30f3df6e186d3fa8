/// When items should be gone: how many expire at each moment. Times are seconds on any clock.
struct ExpirySchedule: Sendable {
  private var times: [Double] = []
  private var counts: [UInt64] = []

  private(set) var total: UInt64 = 0
  var last: Double { times.max() ?? 0 }

  mutating func add(time: Double, count: UInt64) {
    times.append(time)
    counts.append(count)
    total += count
  }

  /// The item-seconds that items spend alive between two moments.
  func alive(from start: Double, to end: Double) -> Double {
    var sum = 0.0
    for i in times.indices { sum += Double(counts[i]) * min(max(times[i] - start, 0), end - start) }
    return sum
  }
}
