import CHearth

/// Service times in nanoseconds, log-linear: 16 steps per power of two, so a value is known to 6 %. One per
/// worker, written by its thread, read by any. Recording costs a shift and an addition.
struct LatencyHistogram {
  static let stepBits: UInt64 = 4
  static let buckets = 40 << 4

  private let counts: UnsafeMutablePointer<UInt64>
  /// The longest time recorded.
  private(set) var maximum: UInt64 = 0

  init() {
    counts = .allocate(capacity: Self.buckets)
    counts.initialize(repeating: 0, count: Self.buckets)
  }

  @inline(__always)
  static func bucket(_ value: UInt64) -> Int {
    if value < 16 { return Int(truncatingIfNeeded: value) }
    let exponent = UInt64(63 &- value.leadingZeroBitCount)
    let step = (value &>> (exponent &- stepBits)) & 15
    return min(Int(truncatingIfNeeded: ((exponent &- stepBits &+ 1) &<< stepBits) &+ step), buckets - 1)
  }

  /// The largest value that falls into a bucket.
  static func upperBound(_ bucket: Int) -> UInt64 {
    if bucket < 16 { return UInt64(bucket) }
    let exponent = UInt64(bucket >> 4) - 1
    return ((UInt64(bucket & 15) + 17) << exponent) - 1
  }

  @inline(__always)
  mutating func record(_ value: UInt64, count: UInt64 = 1) {
    counts[Self.bucket(value)] &+= count
    if value > maximum { maximum = value }
  }

  /// Adds this histogram's counts to `sums`, `buckets` long. Any thread.
  func add(to sums: inout [UInt64]) {
    for i in 0..<Self.buckets { sums[i] &+= hearth_atomic_load64(counts + i) }
  }

  /// The value below which `share` of all recorded lie.
  static func percentile(_ share: Double, of counts: [UInt64]) -> UInt64 {
    let total = counts.reduce(0, &+)
    if total == 0 { return 0 }
    let rank = UInt64((Double(total) * share).rounded(.up))
    var seen: UInt64 = 0
    for (i, n) in counts.enumerated() {
      seen += n
      if seen >= max(1, rank) { return upperBound(i) }
    }
    return upperBound(buckets - 1)
  }
}
