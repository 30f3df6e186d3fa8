import Testing

@testable import HearthFeed

struct ProgressTests {
  @Test
  func `a load is complete when it says so, not when the estimate is reached`() {
    var progress = LoadProgress(expected: 1000, start: 0)
    #expect(progress.percent == 0 && progress.secondsLeft(now: 5_000_000_000) == nil)
    progress.add(250)
    #expect(progress.percent == 25)
    #expect(progress.secondsLeft(now: 5_000_000_000) == 15)
    progress.add(5000)
    #expect(progress.percent == 99)
    progress.finish()
    #expect(progress.percent == 100 && progress.secondsLeft(now: 1) == 0)
  }

  @Test
  func `a table that was estimated too high does not hold the rest up`() {
    var progress = LoadProgress(expected: 1_000_000, start: 0)
    progress.add(10)
    progress.correct(estimated: 999_980, actual: 10)
    #expect(progress.expected == 30 && progress.percent == 33)
  }

  @Test
  func `an empty table is no division by zero`() {
    let progress = LoadProgress(expected: 0, start: 0)
    #expect(progress.percent == 0)
  }

  @Test
  func `a long load tells every ten seconds how far it is`() {
    var progress = LoadProgress(expected: 1000, start: 0)
    progress.add(250)
    #expect(progress.line(now: 9_999_999_999) == nil)
    #expect(progress.line(now: 10_000_000_000) == "loading 25%: 250 of about 1000 rows, 30 s left")
    #expect(progress.line(now: 15_000_000_000) == nil)
    progress.finish()
    #expect(progress.line(now: 30_000_000_000) == nil)
  }

  @Test
  func `a rate is kept over any number of steps`() {
    var pacer = RatePacer(rate: 1000)
    var now: UInt64 = 10_000_000_000
    let start = now
    for _ in 0..<100 { now += pacer.pause(after: 50, now: now) }
    let seconds = Double(now - start) / 1e9
    // 5,000 units; a tenth of a second's worth may come at once.
    #expect(seconds > 4.8 && seconds < 5.1)
    var free = RatePacer(rate: 0)
    #expect(free.pause(after: 1_000_000, now: 5) == 0)
  }
}
