import Testing

@testable import HearthStorage

struct PolicyTests {
  @Test func whatIsReadOftenSurvivesAScanOfNewKeys() {
    let harness = PoolHarness(memory: 8 << 20)
    let value = [UInt8](repeating: 5, count: 200)
    for i in 0..<2000 { harness.set("hot\(i)", value) }
    for _ in 0..<2 { for i in 0..<2000 { _ = harness.get("hot\(i)") } }
    for i in 0..<200_000 {
      harness.set("once\(i)", value)
      if i % 20 == 0 { _ = harness.get("hot\(i / 20 % 2000)") }
    }
    let kept = (0..<2000).filter { harness.get("hot\($0)") != nil }.count
    #expect(kept > 1900, "\(kept) of 2,000 kept")
  }

  @Test func aKeyThatComesBackSoonGoesToTheMainQueue() {
    let harness = PoolHarness(memory: 4 << 20)
    for i in 0..<60_000 { harness.set("k\(i)", [UInt8](repeating: 0, count: 100)) }
    var evicted = 60_000 - 3000
    while harness.get("k\(evicted)") != nil { evicted -= 1 }
    let before = harness.pool.statistics().ghostHits
    harness.set("k\(evicted)", [1])
    #expect(harness.pool.statistics().ghostHits == before + 1)
  }

  @Test func aWalkMeetsEveryItemOnceWhileTheIndexGrows() {
    let harness = PoolHarness(memory: 64 << 20, workers: 4)
    for i in 0..<20_000 { harness.set("stay\(i)", [1]) }
    var cursor = WalkCursor()
    var seen: [String: Int] = [:]
    var added = 0
    var more = true
    while more {
      more = harness.pool.walk(&cursor, now: harness.now) { item, _ in
        seen[String(decoding: item.key, as: UTF8.self), default: 0] += 1
      }
      for _ in 0..<200 where added < 100_000 {
        harness.set("new\(added)", [2])
        added += 1
      }
    }
    for i in 0..<20_000 { #expect(seen["stay\(i)"] == 1) }
    #expect(seen.values.allSatisfy { $0 == 1 })
  }

  @Test(arguments: [2, 7, 64]) func aWalkInPartsMeetsEveryItemWhileTheIndexGrows(parts: Int) {
    let harness = PoolHarness(memory: 64 << 20, workers: 4)
    for i in 0..<20_000 { harness.set("stay\(i)", [1]) }
    var cursor = WalkCursor()
    var seen: Set<String> = []
    var (added, shown, most) = (0, 0, 0)
    var more = true
    while more {
      var count = 0
      more = harness.pool.walk(&cursor, parts: parts, now: harness.now) { item, _ in
        seen.insert(String(decoding: item.key, as: UTF8.self))
        count += 1
      }
      shown += count
      most = max(most, count)
      // Items are moved, and leaves are divided in the midst of their parts.
      for _ in 0..<20 where added < 100_000 {
        harness.set("new\(added)", [2])
        added += 1
      }
    }
    for i in 0..<20_000 { #expect(seen.contains("stay\(i)")) }
    // A leaf has room for 408.
    #expect(most <= 3 * 408 / parts + 10)
    #expect(shown < 2 * seen.count)
  }

  @Test func aCASNeverComesBack() {
    let harness = PoolHarness(memory: 4 << 20)
    var last: UInt64 = 0
    for i in 0..<3000 {
      // Lifetimes jump between classes, so that versions land in older and newer segments.
      harness.set(
        "k", [UInt8](repeating: 1, count: i % 40),
        ItemInfo(expiry: i % 3 == 0 ? 0 : harness.now + UInt32(1 + i % 7) * 500))
      let cas = harness.cas("k")
      #expect(cas > last)
      last = cas
      for j in 0..<20 { harness.set("other\(i * 20 + j)", [UInt8](repeating: 1, count: 150)) }
      _ = harness.get("k")
    }
  }
}
