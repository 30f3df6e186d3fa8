import Testing

@testable import HearthServer

@Suite("the pace of a walk")
struct WalkPaceTests {
  /// Sends as the worker does until `end`, microseconds. Returns all bytes, and the most of one turn and of any 10 ms.
  private func run(rate: Int, until end: UInt64, blocked: Range<UInt64> = 0..<0) -> (Int, Int, Int) {
    var pace = WalkPace(began: 0)
    var (now, sum, most) = (UInt64(0), 0, 0)
    var turns: [(at: UInt64, bytes: Int)] = []
    while now < end {
      if !blocked.contains(now) {
        let share = pace.share(now: now, rate: rate)
        if share > 0 {
          // An item more than it should.
          let sent = Int(share) + 700
          pace.spend(UInt64(sent))
          sum += sent
          most = max(most, sent)
          turns.append((now, sent))
        }
      }
      now += pace.wait(now: now, rate: rate)
    }
    let crowd = turns.indices.map { i in
      turns[i...].prefix { $0.at < turns[i].at + 10_000 }.reduce(0) { $0 + $1.bytes }
    }
    return (sum, most, crowd.max() ?? 0)
  }

  @Test(arguments: [100_000, 1 << 20, 50 << 20, 400 << 20]) func `the rate is kept, evenly`(rate: Int) {
    let (sum, most, crowd) = run(rate: rate, until: 2_000_000)
    #expect(abs(Double(sum) / Double(2 * rate) - 1) < 0.1 || sum <= 2 * rate && 2 * rate - sum < 64 << 10)
    #expect(most <= 2 * max(rate / 1000, 16 << 10) + 700)
    #expect(crowd <= rate / 100 + 2 * most)
  }

  @Test func `what could not be sent in time is made up for, evenly, but not for long`() {
    let rate = 50 << 20
    let (sum, most, crowd) = run(rate: rate, until: 2_000_000, blocked: 500_000..<700_000)
    #expect(abs(Double(sum) / Double(2 * rate) - 1) < 0.05)
    #expect(most <= 2 * rate / 1000 + 2000)
    #expect(crowd <= 5 * rate / 200)
    let (less, _, _) = run(rate: rate, until: 2_000_000, blocked: 500_000..<1_500_000)
    #expect(abs(Double(less) / (1.25 * Double(rate)) - 1) < 0.05)
  }
}
