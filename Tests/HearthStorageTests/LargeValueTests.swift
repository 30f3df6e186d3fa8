import Testing

@testable import HearthStorage

struct LargeValueTests {
  private func pattern(_ count: Int, _ seed: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ seed) }
  }

  @Test func everySizeAroundTheLimitsComesBack() {
    let harness = PoolHarness(memory: 32 << 20)
    let segment = harness.pool.state.pointee.geometry.segmentSize
    let limit = harness.pool.inlineLimit
    var sizes = [0, 1, limit - 1, limit, limit + 1]
    for quarters in 1...9 { for off in -1...1 { sizes.append(quarters * segment / 4 + off) } }
    for size in sizes {
      #expect(harness.set("k\(size)", pattern(size, size)))
      #expect(harness.get("k\(size)") == pattern(size, size), "\(size) bytes")
    }
    #expect(harness.violations() == [])
  }

  @Test func anAbandonedWriterGivesEverythingBack() {
    let harness = PoolHarness(memory: 16 << 20)
    harness.set("other", pattern(100, 1))
    let before = harness.pool.statistics().bytes
    harness.withKey("large") { key in
      var writer = harness.pool.beginLarge(key, length: 900_000, now: harness.now)!
      while let space = writer.space(), space.count > 0, writer.written < 850_000 {
        writer.advance(min(space.count, 50_000))
      }
    }
    #expect(harness.pool.statistics().bytes == before)
    #expect(harness.pool.statistics().heldBytes == 0)
    #expect(harness.get("large") == nil)
    #expect(harness.violations() == [])
  }

  @Test func aPinnedValueOutlivesItsItem() {
    let harness = PoolHarness(memory: 8 << 20)
    let value = pattern(700_001, 7)
    harness.set("pinned", value)
    let pinned: PinnedValue = harness.withKey("pinned") { harness.pool.lock($0, now: harness.now).pin() }
    harness.remove("pinned")
    for i in 0..<2000 { harness.set("filler\(i)", pattern(9000, i)) }
    var reader = pinned
    var bytes: [UInt8] = []
    while bytes.count < reader.length { bytes += reader.piece(at: bytes.count) }
    #expect(bytes == value)
    pinned.release()
    #expect(harness.pool.statistics().heldBytes == 0)
    #expect(harness.violations() == [])
  }

  @Test func unfinishedValuesHoldAtMostAQuarter() {
    let harness = PoolHarness(memory: 16 << 20)
    var refused = 0
    harness.withKey("a") { key in
      let first = harness.pool.beginLarge(key, length: 3 << 20, now: harness.now)
      if let second = harness.pool.beginLarge(key, length: 3 << 20, now: harness.now) {
        _ = consume second
      } else {
        refused += 1
      }
      _ = first
    }
    #expect(refused == 1)
    #expect(harness.pool.statistics().heldBytes == 0)
  }

  @Test func oneValueMayTakeMostOfThePool() {
    let harness = PoolHarness(memory: 64 << 20, maximum: 64 << 20, workers: 4)
    for i in 0..<8000 { harness.set("small\(i)", [UInt8](repeating: 1, count: 7000)) }
    let value = [UInt8](repeating: 3, count: 40 << 20)
    #expect(harness.set("huge", value))
    #expect(harness.get("huge") == value)
    harness.remove("huge")
    #expect(harness.violations() == [])
  }

  @Test func partsFollowTheirItemThroughCompaction() {
    let harness = PoolHarness(.deterministic, memory: 8 << 20)
    let value = pattern(harness.pool.inlineLimit * 2 + 13, 5)
    harness.set("kept", value)
    var random = SeededGenerator(1)
    for _ in 0..<20_000 {
      let size = Int.random(in: 100...3000, using: &random)
      harness.set("churn\(Int.random(in: 0..<3000, using: &random))", [UInt8](repeating: 1, count: size))
    }
    #expect(harness.get("kept") == value)
    #expect(harness.pool.statistics().compacted > 0)
    #expect(harness.violations() == [])
  }
}
