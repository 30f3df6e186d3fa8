import CHearth
import Glibc

extension Store {
  /// Makes the system provide memory before writers need it, and waits for more to do. Returns after
  /// `endPreparation`. For a thread of its own: the first touch of a huge page costs a fifth of a millisecond, and
  /// eight on a virtual machine whose host has not provided it either. That is too long for a worker, and far too
  /// long under a shard's lock.
  public func prepareMemory() {
    var prepared = pools.map { PreparedMemory($0.state) }
    while hearth_atomic_load64(preparationEnds) == 0 {
      for i in prepared.indices { prepared[i].advance() }
      while sem_wait(preparation) != 0 {}
      // What was posted meanwhile is done in the same turn.
      while sem_trywait(preparation) == 0 {}
    }
  }

  /// Makes `prepareMemory` return. Any thread.
  public func endPreparation() {
    hearth_atomic_store64(preparationEnds, 1)
    sem_post(preparation)
  }
}

/// How far the memory of one pool is prepared. Belongs to the thread that prepares. What is prepared and not used is
/// at most one huge page per shard and two for the index, and nothing once the pool is nearly full.
private struct PreparedMemory {
  let pool: UnsafeMutablePointer<PoolState>
  /// Bytes of the leaves' region.
  var leaves = Geometry.hugePage
  /// Huge pages of each shard's region; the first is none.
  var pages: [Int]
  /// Directory entries of each shard.
  var entries: [Int]

  init(_ pool: UnsafeMutablePointer<PoolState>) {
    self.pool = pool
    pages = Array(repeating: 1, count: pool.pointee.geometry.shards)
    entries = Array(repeating: 1024, count: pool.pointee.geometry.shards)
  }

  mutating func advance() {
    let geometry = pool.pointee.geometry
    let isNearlyFull = pool.used + geometry.shards * Geometry.hugePage > pool.limit
    for i in 0..<geometry.shards {
      // The index comes first: its growth waits under a lock.
      if geometry.usesHugePages { advanceLeaves() }
      let shard = pool.pointee.shards + i
      hearth_lock(Pool.lockWord(shard))
      let used = Int(shard.pointee.nextVirgin) - 1
      let directory = shard.pointee.directory
      let directorySize = Int(shard.pointee.directoryMask) + 1
      hearth_unlock(Pool.lockWord(shard))
      if directorySize * 2 > entries[i], directorySize * 2 <= 1 << geometry.maximumDepth {
        _ = hearth_populate(directory + directorySize, directorySize * 4)
        entries[i] = directorySize * 2
      }
      let page = (used + geometry.segmentsPerHugePage / 2) / geometry.segmentsPerHugePage
      let hasRoom = (page + 1) * geometry.segmentsPerHugePage <= geometry.segmentsPerShard
      if geometry.usesHugePages, !isNearlyFull, page >= pages[i], hasRoom {
        _ = hearth_populate(shard.pointee.base(of: 1) + page * Geometry.hugePage, Geometry.hugePage)
        pages[i] = page + 1
      }
    }
  }

  private mutating func advanceLeaves() {
    let address = UnsafeMutableRawPointer(pool) + MemoryLayout<PoolState>.offset(of: \.leafCount)!
    let used = Int(hearth_atomic_load64(address)) * pool.pointee.leafBytes
    let region = (pool.pointee.geometry.maximumLeaves + 1) * pool.pointee.leafBytes
    let ahead = used < Geometry.hugePage / 2 ? 0 : used + 2 * Geometry.hugePage
    while leaves < min(ahead, region - Geometry.hugePage) {
      _ = hearth_populate(pool.pointee.leaves + leaves, Geometry.hugePage)
      leaves += Geometry.hugePage
    }
  }
}
