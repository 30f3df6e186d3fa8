import CHearth
import Glibc

@testable import HearthStorage

/// A pool under test, with plain byte arrays in place of pointers and a clock that the test sets.
final class PoolHarness {
  let store: Store
  let pool: Pool
  var now: UInt32 = 1_800_000_000

  init(
    _ kind: PoolKind = .cache, memory: Int = 4 << 20, maximum: Int = 64 << 20, workers: Int = 1,
    generations: Bool = false
  ) {
    var options = PoolOptions(name: "test", kind: kind, memory: memory, maximumMemory: maximum)
    if generations { options.generationDelimiter = UInt8(ascii: ":") }
    store = try! Store(pools: [options], workers: workers)
    pool = store.pool(0)
  }

  func withKey<R>(_ name: String, _ body: (Key) -> R) -> R {
    var bytes = Array(name.utf8)
    return bytes.withUnsafeMutableBytes { body(Key(UnsafeRawPointer($0.baseAddress!), $0.count)) }
  }

  @discardableResult
  func set(_ name: String, _ value: [UInt8], _ info: ItemInfo = ItemInfo()) -> Bool {
    if value.count > pool.inlineLimit { return setLarge(name, value, info) }
    return withKey(name) { key in
      var locked = pool.lockForWrite(key, now: now)
      return value.withUnsafeBytes { locked.put($0, info) }
    }
  }

  func setLarge(_ name: String, _ value: [UInt8], _ info: ItemInfo) -> Bool {
    withKey(name) { key in
      guard var writer = pool.beginLarge(key, length: value.count, now: now) else { return false }
      while writer.written < value.count {
        guard let space = writer.space() else { return false }
        // Odd steps, as a socket would deliver them.
        let count = min(space.count, value.count - writer.written, 7919)
        value.withUnsafeBytes {
          space.copyMemory(from: .init(rebasing: $0[writer.written..<writer.written + count]))
        }
        writer.advance(count)
      }
      var locked = pool.lockForWrite(key, now: now)
      return locked.put(writer, info)
    }
  }

  func get(_ name: String) -> [UInt8]? {
    withKey(name) { key in
      var pinned: PinnedValue
      do {
        var locked = pool.lock(key, now: now)
        guard let item = locked.item else { return nil }
        locked.recordHit()
        if !item.isLarge { return [UInt8](item.value) }
        pinned = locked.pin()
      }
      defer { pinned.release() }
      var bytes: [UInt8] = []
      while bytes.count < pinned.length { bytes += pinned.piece(at: bytes.count) }
      return bytes
    }
  }

  func cas(_ name: String) -> UInt64 {
    withKey(name) { key in
      var locked = pool.lock(key, now: now)
      return locked.observeCAS()
    }
  }

  @discardableResult
  func remove(_ name: String) -> Bool {
    withKey(name) { key in
      var locked = pool.lock(key, now: now)
      let found = locked.item != nil
      locked.remove()
      return found
    }
  }

  func touch(_ name: String, _ expiry: UInt32) -> Bool {
    withKey(name) { key in
      var locked = pool.lockForWrite(key, now: now)
      return locked.setExpiry(expiry)
    }
  }

  func expiry(_ name: String) -> UInt32? {
    withKey(name) { key in
      let locked = pool.lock(key, now: now)
      return locked.item?.expiry
    }
  }
}

/// SplitMix64: the same sequence for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
