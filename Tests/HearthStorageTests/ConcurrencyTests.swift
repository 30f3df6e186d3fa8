import Foundation
import Testing

@testable import HearthStorage

/// Several threads on one small pool, with eviction, expiry, flushes and large values under way.
struct ConcurrencyTests {
  @Test(arguments: [PoolKind.cache, .deterministic])
  func threadsNeverSeeAWrongValue(_ kind: PoolKind) {
    let harness = PoolHarness(kind, memory: 12 << 20, workers: 4)
    let wrong = Counter()
    let pool = harness.pool
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      let mine = PoolView(pool)
      var random = SeededGenerator(UInt64(thread) + 99)
      for step in 0..<15_000 {
        let n = Int.random(in: 0..<900, using: &random)
        let size = n % 50 == 0 ? 40_000 + n : n
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: mine.set(n, size)
        case 4..<8: if !mine.check(n, size) { wrong.increment() }
        case 8: mine.remove(n)
        default:
          if step % 997 == 0 && kind == .cache { pool.flush() }
          _ = pool.maintain(now: 1_800_000_000, budget: 200)
        }
      }
    }
    #expect(wrong.value == 0)
    #expect(harness.violations() == [])
  }

  @Test func statisticsWhileTheLimitChanges() {
    let harness = PoolHarness(memory: 8 << 20)
    let pool = harness.pool
    let wrong = Counter()
    DispatchQueue.concurrentPerform(iterations: 2) { thread in
      for step in 0..<1_000_000 {
        if thread == 0 {
          _ = pool.setMemoryLimit(step % 2 == 0 ? 32 << 20 : 8 << 20)
        } else {
          let statistics = pool.statistics()
          if statistics.indexBytes > statistics.limitBytes { wrong.increment() }
        }
      }
    }
    #expect(wrong.value == 0)
  }
}

private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private(set) var value = 0
  func increment() { lock.withLock { value += 1 } }
}

/// One thread's access: key n always holds n-patterned bytes.
private struct PoolView {
  let pool: Pool
  init(_ pool: Pool) { self.pool = pool }
  let now: UInt32 = 1_800_000_000

  private func withKey<R>(_ n: Int, _ body: (Key) -> R) -> R {
    var bytes = Array("key:\(n)".utf8)
    return bytes.withUnsafeMutableBytes { body(Key(UnsafeRawPointer($0.baseAddress!), $0.count)) }
  }

  func set(_ n: Int, _ size: Int) {
    let value = [UInt8](repeating: UInt8(truncatingIfNeeded: n), count: size)
    withKey(n) { key in
      if size <= pool.inlineLimit {
        var locked = pool.lockForWrite(key, now: now)
        _ = value.withUnsafeBytes { locked.put($0, ItemInfo()) }
        return
      }
      guard var writer = pool.beginLarge(key, length: size, now: now) else { return }
      while writer.written < size {
        guard let space = writer.space() else { return }
        space.initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: n))
        writer.advance(min(space.count, size - writer.written))
      }
      var locked = pool.lockForWrite(key, now: now)
      _ = locked.put(writer, ItemInfo())
    }
  }

  func check(_ n: Int, _ size: Int) -> Bool {
    withKey(n) { key in
      var pinned: PinnedValue
      do {
        var locked = pool.lock(key, now: now)
        guard let item = locked.item else { return true }
        locked.recordHit()
        if item.valueLength != size { return false }
        if !item.isLarge { return item.value.allSatisfy { $0 == UInt8(truncatingIfNeeded: n) } }
        pinned = locked.pin()
      }
      defer { pinned.release() }
      var at = 0
      while at < size {
        let piece = pinned.piece(at: at)
        if !piece.allSatisfy({ $0 == UInt8(truncatingIfNeeded: n) }) { return false }
        at += piece.count
      }
      return true
    }
  }

  func remove(_ n: Int) {
    withKey(n) { key in
      var locked = pool.lock(key, now: now)
      locked.remove()
    }
  }
}
