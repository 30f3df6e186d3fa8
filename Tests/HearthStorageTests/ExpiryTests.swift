import Testing

@testable import HearthStorage

struct ExpiryTests {
  @Test func anItemLivesUntilItsSecondAndNotLonger() {
    let harness = PoolHarness()
    harness.set("k", [1], ItemInfo(expiry: harness.now + 10))
    harness.now += 9
    #expect(harness.get("k") == [1])
    harness.now += 1
    #expect(harness.get("k") == nil)
    #expect(harness.pool.statistics().reclaimed == 1)
  }

  @Test func maintenanceBringsExpiredBytesBackWithoutAnyAccess() {
    let harness = PoolHarness(memory: 32 << 20)
    for i in 0..<50_000 {
      harness.set("k\(i)", [UInt8](repeating: 0, count: 100), ItemInfo(expiry: harness.now + 60))
    }
    harness.set("stays", [1])
    harness.now += 60
    for _ in 0..<500 { _ = harness.pool.maintain(now: harness.now, budget: 1000) }
    let statistics = harness.pool.statistics()
    #expect(statistics.items == 1)
    #expect(statistics.expiredUnfetched == 50_000)
    #expect(harness.get("stays") == [1])
    #expect(harness.violations() == [])
  }

  @Test func touchMovesAnItemOutOfADyingSegment() {
    let harness = PoolHarness()
    for i in 0..<1000 { harness.set("k\(i)", [1], ItemInfo(expiry: harness.now + 60)) }
    let cas = harness.cas("k7")
    #expect(harness.touch("k7", 0))
    #expect(harness.touch("k8", harness.now + 100_000))
    harness.now += 61
    for _ in 0..<50 { _ = harness.pool.maintain(now: harness.now, budget: 1000) }
    #expect(harness.get("k7") == [1])
    #expect(harness.cas("k7") == cas)
    #expect(harness.get("k8") == [1])
    #expect(harness.get("k9") == nil)
  }

  @Test func flushKillsWhatWasBeforeAndNothingAfter() {
    let harness = PoolHarness(memory: 16 << 20)
    for i in 0..<20_000 { harness.set("k\(i)", [1, 2, 3]) }
    harness.pool.flush()
    harness.set("k5", [9])
    #expect(harness.get("k5") == [9])
    #expect(harness.get("k6") == nil)
    for _ in 0..<500 { _ = harness.pool.maintain(now: harness.now, budget: 1000) }
    #expect(harness.pool.statistics().items == 1)
    #expect(harness.get("k5") == [9])
    #expect(harness.violations() == [])
    let fenceIsUp = harness.pool.shards[0].fenceIsUp
    #expect(!fenceIsUp)
  }

  @Test(arguments: [0, 1, 2, 3, 7, 59, 60, 3600, 86_400, 2_592_000])
  func classesAreOrderedAndHoldTheirLifetimes(ttl: UInt32) {
    let now: UInt32 = 1_800_000_000
    if ttl == 0 {
      #expect(TTLClass.of(expiry: 0, now: now) == 0)
      return
    }
    let ttlClass = TTLClass.of(expiry: now + ttl, now: now)
    #expect(TTLClass.lowerBound(ttlClass) <= ttl)
    #expect(Double(ttl) < Double(TTLClass.lowerBound(ttlClass + 1)) + 1)
    #expect(TTLClass.of(expiry: now + ttl + ttl / 2 + 1, now: now) > ttlClass)
  }
}
