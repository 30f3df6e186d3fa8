import Testing

@testable import HearthServer

@Suite("A standby with the floating address")
struct AddressClaimTests {
  private var claim = AddressClaim()

  /// When it claims, looking every ten milliseconds.
  private mutating func claims(
    _ times: Range<UInt64>, isHere: Bool = true, role: StandbyRole = .standby, isUnfit: Bool = false
  ) -> [UInt64] {
    stride(from: times.lowerBound, to: times.upperBound, by: 10).filter {
      claim.isDue(isHere: isHere, role: role, isUnfit: isUnfit, now: $0)
    }
  }

  @Test mutating func `it asks once when the address has stayed`() {
    #expect(claims(0..<1000, isHere: false) == [])
    #expect(claims(1000..<20_000) == [1200])
  }

  @Test mutating func `an address that goes on is nobody's business`() {
    for begin in stride(from: UInt64(0), to: 10_000, by: 400) {
      #expect(claims(begin..<begin + 200, isHere: false) == [])
      #expect(claims(begin + 200..<begin + 390) == [])
    }
  }

  @Test mutating func `who becomes active meanwhile need not ask`() {
    #expect(claims(0..<100, isHere: false) == [])
    #expect(claims(100..<250) == [])
    #expect(claims(250..<10_000, role: .promoted) == [])
  }

  @Test mutating func `who steps down does not ask for what it still has`() {
    #expect(claims(0..<1000, role: .active) == [])
    #expect(claims(1000..<20_000, isUnfit: true) == [])
    #expect(claims(20_000..<40_000) == [])
  }

  @Test mutating func `nodes that both have the address do not take turns`() {
    var times: [UInt64] = []
    for begin in stride(from: UInt64(0), to: 30_000, by: 1000) {
      #expect(claims(begin..<begin + 100, isHere: false) == [])
      times += claims(begin + 100..<begin + 600)
      #expect(claims(begin + 600..<begin + 1000, role: .active) == [])
    }
    #expect(times == [300, 1300, 10_300, 11_300, 20_300, 21_300])
  }

  @Test mutating func `a node without the data does not ask`() {
    #expect(claims(0..<100, isHere: false, role: .unfit) == [])
    #expect(claims(100..<10_000, role: .unfit) == [])
    #expect(claims(10_000..<20_000) == [])
  }
}
