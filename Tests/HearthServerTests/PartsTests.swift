import Testing

@testable import HearthServer

@Suite struct PartsTests {
  @Test func histogramKnowsAValueToSixPercent() {
    for value in [0, 1, 15, 16, 17, 31, 32, 1000, 123_456, 987_654_321] as [UInt64] {
      let bound = LatencyHistogram.upperBound(LatencyHistogram.bucket(value))
      #expect(bound >= value && Double(bound) <= Double(value) * 1.07)
    }
    var h = LatencyHistogram()
    for i in 1...1000 as ClosedRange<UInt64> { h.record(i * 1000) }
    var sums = [UInt64](repeating: 0, count: LatencyHistogram.buckets)
    h.add(to: &sums)
    let median = LatencyHistogram.percentile(0.5, of: sums)
    #expect(median >= 500_000 && median < 540_000)
    #expect(h.maximum == 1_000_000)
  }

  @Test(
    arguments: [
      ("0", 0), ("18446744073709551615", UInt64.max), (" 7", 7), ("7 ", 7), ("007", 7), ("+7", 7), ("7 x", 7),
      ("", nil), (" ", nil), ("-5", nil), ("abc", nil), ("7x", nil), ("18446744073709551616", nil),
    ] as [(String, UInt64?)])
  func storedNumbersAreReadAsMemcachedDoes(_ text: String, _ value: UInt64?) {
    #expect(Array(text.utf8).withUnsafeBytes { Worker.number($0) } == value)
  }

  @Test func clockFollowsTheMonotonicClockOnly() {
    let clock = Clock(wall: 1_700_000_000_999_999_999, monotonic: 50)
    #expect(clock.seconds(at: 50) == 1_700_000_000)
    #expect(clock.seconds(at: 51) == 1_700_000_001)
    #expect(clock.uptime(at: 3_000_000_050) == 3)
  }
}
