import CHearth
import Glibc
import Testing

@testable import HearthStorage

/// Memory that is provided ahead of the writers.
struct PreparationTests {
  @Test func thePageThatIsNeededNextIsThereBeforeItIsNeeded() throws {
    let options = PoolOptions(name: "default", kind: .cache, memory: 256 << 20, maximumMemory: 256 << 20)
    let store = try Store(pools: [options], workers: 1)
    var thread = pthread_t()
    let context = Unmanaged.passUnretained(store).toOpaque()
    #expect(pthread_create(&thread, nil, prepare, context) == 0)
    let pool = store.pool(0)
    let pages = Geometry.hugePage / 4096
    let shard = pool.shards
    // Two thirds of the shard's first huge page come into use.
    var n = 0
    while hearthUsed(shard) < Geometry.hugePage * 2 / 3 {
      store.write(n)
      n += 1
    }
    let next = shard.pointee.base(of: 1) + Geometry.hugePage
    var resident = [UInt8](repeating: 0, count: pages)
    let deadline = hearth_monotonic_ns() + 30_000_000_000
    while resident.contains(0), hearth_monotonic_ns() < deadline {
      #expect(mincore(next, Geometry.hugePage, &resident) == 0)
      usleep(1000)
    }
    #expect(!resident.contains { $0 & 1 == 0 })
    store.endPreparation()
    pthread_join(thread, nil)
  }

  private func hearthUsed(_ shard: UnsafeMutablePointer<Shard>) -> Int {
    Int(shard.pointee.nextVirgin - 1) * shard.pointee.segmentSize
  }
}

private func prepare(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<Store>.fromOpaque(context).takeUnretainedValue().prepareMemory()
  return nil
}

extension Store {
  /// Writes 4,000 bytes under the n-th key.
  fileprivate func write(_ n: Int) {
    var key = Array("key:\(n)".utf8)
    let value = [UInt8](repeating: 1, count: 4000)
    key.withUnsafeMutableBytes { bytes in
      var locked = pool(0).lockForWrite(
        Key(UnsafeRawPointer(bytes.baseAddress!), bytes.count), now: 1_800_000_000)
      _ = value.withUnsafeBytes { locked.put($0, ItemInfo()) }
    }
  }
}
