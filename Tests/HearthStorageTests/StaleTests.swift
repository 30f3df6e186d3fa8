import Testing

@testable import HearthStorage

/// Expired items that are kept to be served stale.
struct StaleTests {
  private func state(_ h: PoolHarness, _ name: String) -> (live: Bool, expired: Bool) {
    h.withKey(name) { key in
      let locked = h.pool.lock(key, now: h.now)
      return (locked.item != nil, locked.expiredItem != nil)
    }
  }

  @Test func anExpiredItemIsKeptForItsTimeAndHidden() {
    let h = PoolHarness()
    h.pool.setStaleTime(30)
    h.set("k", [5], ItemInfo(expiry: h.now + 10))
    h.now += 10
    #expect(h.get("k") == nil)
    #expect(state(h, "k") == (false, true))
    h.now += 29
    #expect(state(h, "k") == (false, true))
    h.now += 1
    #expect(state(h, "k") == (false, false))
  }

  @Test func itCanBeRevealedAndRead() {
    let h = PoolHarness()
    h.pool.setStaleTime(30)
    h.set("k", [5, 6], ItemInfo(clientFlags: 9, expiry: h.now + 10))
    h.now += 11
    h.withKey("k") { key in
      var locked = h.pool.lock(key, now: h.now)
      locked.revealExpired()
      #expect(locked.item.map { [UInt8]($0.value) } == [5, 6])
      #expect(locked.item?.clientFlags == 9)
    }
  }

  @Test func aNewValueTakesItsPlaceWithAHigherCAS() {
    let h = PoolHarness()
    h.pool.setStaleTime(30)
    h.set("k", [5], ItemInfo(expiry: h.now + 10))
    let cas = h.cas("k")
    h.now += 11
    #expect(h.set("k", [6]))
    #expect(h.get("k") == [6])
    #expect(h.cas("k") > cas)
    #expect(h.pool.statistics().items == 1)
    #expect(h.violations() == [])
  }

  @Test func aDeletedOneDoesNotComeBack() {
    let h = PoolHarness()
    h.pool.setStaleTime(30)
    h.set("k", [5], ItemInfo(expiry: h.now + 10))
    h.now += 11
    #expect(!h.remove("k"))
    #expect(state(h, "k") == (false, false))
  }

  @Test func locksAndCountersAreNotKept() {
    let h = PoolHarness()
    h.pool.setStaleTime(30)
    h.set("lock", [5], ItemInfo(expiry: h.now + 10, exempt: true))
    h.now += 10
    #expect(state(h, "lock") == (false, false))
  }

  @Test func theirBytesComeBackAfterTheTime() {
    let h = PoolHarness(memory: 32 << 20)
    h.pool.setStaleTime(30)
    for i in 0..<20_000 { h.set("k\(i)", [UInt8](repeating: 0, count: 100), ItemInfo(expiry: h.now + 60)) }
    h.now += 70
    for _ in 0..<500 { _ = h.pool.maintain(now: h.now, budget: 1000) }
    #expect(h.pool.statistics().items == 20_000)
    h.now += 25
    for _ in 0..<500 { _ = h.pool.maintain(now: h.now, budget: 1000) }
    #expect(h.pool.statistics().items == 0)
    #expect(h.violations() == [])
  }

  @Test func underPressureTheyGoFirst() {
    let h = PoolHarness(.deterministic, memory: 8 << 20)
    h.pool.setStaleTime(100_000)
    var count = 0
    while h.set("old\(count)", [UInt8](repeating: 0, count: 1000), ItemInfo(expiry: h.now + 10)) {
      count += 1
    }
    h.now += 20
    // All is stale now: a pool that never evicts makes room for new values all the same.
    var stored = 0
    for i in 0..<count / 2 {
      if i % 100 == 0 { for _ in 0..<100 { _ = h.pool.maintain(now: h.now, budget: 1000) } }
      if h.set("new\(i)", [UInt8](repeating: 1, count: 1000)) { stored += 1 }
    }
    #expect(stored == count / 2)
    #expect(h.violations() == [])
  }
}
