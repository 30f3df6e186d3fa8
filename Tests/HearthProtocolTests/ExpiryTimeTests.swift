import HearthProtocol
import Testing

@Suite("Expiry times")
struct ExpiryTimeTests {
  static let now: UInt32 = 1_800_000_000

  @Test(
    "memcached's rule",
    arguments: [
      (0, 0), (1, now + 1), (60, now + 60), (2_592_000, now + 2_592_000), (2_592_001, 1), (1_700_000_000, 1),
      (Int32(now), 1), (Int32(now) + 1, now + 1), (.max, UInt32(Int32.max)), (-1, 1), (.min, 1),
    ] as [(Int32, UInt32)])
  func rule(_ exptime: Int32, _ expected: UInt32) {
    #expect(ExpiryTime.absolute(exptime, now: Self.now) == expected)
  }

  @Test("a sum that does not fit is the last second")
  func saturates() {
    #expect(ExpiryTime.absolute(100, now: .max - 5) == .max)
    #expect(ExpiryTime.absolute(5, now: .max - 5) == .max)
  }
}
