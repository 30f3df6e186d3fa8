import Testing

@testable import HearthServer

@Suite("Expiries by another clock")
struct ClockShiftTests {
  @Test(arguments: [-600_000, -1499, -500, -499, 0, 499, 500, 1499, 600_000] as [Int64])
  func `what goes there and back is what it was`(milliseconds: Int64) {
    let shift = ClockShift()
    shift.milliseconds = milliseconds
    for expiry in [1_000_000, 1_800_000_000, 4_000_000_000] as [UInt32] {
      #expect(shift.own(shift.common(expiry)) == expiry)
      #expect(abs(Int64(shift.common(expiry)) - Int64(expiry) - milliseconds / 1000) <= 1)
    }
  }

  @Test func `never stays never, and nothing else becomes it`() {
    let shift = ClockShift()
    for milliseconds in [-4_000_000, 4_000_000] as [Int64] {
      shift.milliseconds = milliseconds
      #expect(shift.common(0) == 0 && shift.own(0) == 0)
      for expiry in [1, UInt32.max] as [UInt32] {
        #expect(shift.common(expiry) != 0)
        #expect(shift.own(expiry) != 0)
      }
    }
  }
}
