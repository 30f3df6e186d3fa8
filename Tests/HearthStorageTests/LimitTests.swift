import Testing

@testable import HearthStorage

struct LimitTests {
  @Test func aDeterministicPoolRefusesInsteadOfEvicting() {
    let harness = PoolHarness(.deterministic, memory: 4 << 20)
    var stored = 0
    while harness.set("k\(stored)", [UInt8](repeating: 1, count: 500)) { stored += 1 }
    #expect(stored > 5000)
    for i in 0..<stored where harness.get("k\(i)") == nil { Issue.record("k\(i) is lost") }
    // An overwrite of the same size always succeeds, with another lifetime too.
    for i in 0..<stored {
      #expect(harness.set("k\(i)", [UInt8](repeating: 2, count: 500)))
    }
    #expect(harness.pool.statistics().evictions == 0)
    harness.remove("k0")
    harness.remove("k1")
    #expect(harness.set("new", [UInt8](repeating: 1, count: 500)))
    #expect(harness.violations() == [])
  }

  @Test func memoryStaysBelowTheLimit() {
    let harness = PoolHarness(memory: 16 << 20)
    for i in 0..<300_000 {
      harness.set("key:\(i)", [UInt8](repeating: 3, count: i % 90))
      if i % 10_000 == 0 {
        let statistics = harness.pool.statistics()
        #expect(statistics.usedBytes <= statistics.limitBytes + statistics.limitBytes / 32 + (1 << 20))
      }
    }
    let statistics = harness.pool.statistics()
    #expect(statistics.evictions > 0)
    #expect(statistics.usedBytes <= statistics.limitBytes + statistics.segmentBytes * statistics.shards)
  }

  @Test func aLoweredLimitIsReachedAndARaisedOneUsed() {
    let harness = PoolHarness(memory: 32 << 20, maximum: 64 << 20)
    for i in 0..<100_000 { harness.set("key:\(i)", [UInt8](repeating: 3, count: 300)) }
    #expect(harness.pool.setMemoryLimit(8 << 20) == 8 << 20)
    for _ in 0..<20_000 where harness.pool.maintain(now: harness.now, budget: 1000) {}
    #expect(harness.pool.statistics().usedBytes <= (8 << 20) + (1 << 20))
    #expect(harness.violations() == [])
    let before = harness.pool.statistics().items
    _ = harness.pool.setMemoryLimit(48 << 20)
    for i in 0..<100_000 { harness.set("key:\(i)", [UInt8](repeating: 3, count: 300)) }
    #expect(harness.pool.statistics().items > 3 * before)
    #expect(harness.violations() == [])
  }

  @Test func aLimitBelowTheSmallestArenaIsRefused() {
    #expect(throws: StoreError.self) {
      try Store(
        pools: [PoolOptions(name: "tiny", kind: .cache, memory: 1 << 20, maximumMemory: 1 << 20)], workers: 1)
    }
  }
}
