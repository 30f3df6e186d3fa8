import CHearth

/// Sums over a pool's shards; the shards are asked one after the other.
public struct PoolStatistics: Sendable {
  /// Live items.
  public var items: UInt64 = 0
  /// Bytes of live items, headers and large values included.
  public var bytes: UInt64 = 0
  /// Bytes of committed segments and index leaves.
  public var usedBytes: UInt64 = 0
  /// Bytes of index leaves with the ghost.
  public var indexBytes: UInt64 = 0
  /// Limit in force.
  public var limitBytes: UInt64 = 0
  /// Size of one segment.
  public var segmentBytes: UInt64 = 0
  /// Segments holding memory, and how many of them are free.
  public var segments: UInt64 = 0
  /// Free segments among them.
  public var freeSegments: UInt64 = 0
  /// Items ever stored.
  public var totalItems: UInt64 = 0
  /// Items evicted before their expiry.
  public var evictions: UInt64 = 0
  /// Of these, never read.
  public var evictedUnfetched: UInt64 = 0
  /// Of these, items that had an expiry.
  public var evictedExpiring: UInt64 = 0
  /// Seconds since its last access of the item evicted last.
  public var lastEvictedAge: UInt64 = 0
  /// Items whose bytes came back because they had expired.
  public var reclaimed: UInt64 = 0
  /// Of these, never read.
  public var expiredUnfetched: UInt64 = 0
  /// Items removed after a flush.
  public var flushed: UInt64 = 0
  /// Writes refused for want of memory.
  public var outOfMemory: UInt64 = 0
  /// Items that went from the small to the main queue.
  public var promoted: UInt64 = 0
  /// Items reinserted in the main queue.
  public var reinserted: UInt64 = 0
  /// Items copied to win back the space of dead ones.
  public var compacted: UInt64 = 0
  /// Items looked at by the scan.
  public var scanned: UInt64 = 0
  /// Segments scanned.
  public var scans: UInt64 = 0
  /// Writes of keys that had been evicted lately.
  public var ghostHits: UInt64 = 0
  /// Bytes promised to unfinished large values.
  public var heldBytes: UInt64 = 0
  /// Longest CPU time that a shard's lock was held, nanoseconds.
  public var longestHold: UInt64 = 0
  /// Number of shards.
  public var shards: UInt64 = 0
}

extension Pool {
  /// What the pool holds and what happened to it.
  public func statistics() -> PoolStatistics {
    var sum = PoolStatistics()
    let geometry = state.pointee.geometry
    sum.usedBytes = UInt64(state.used)
    // Read once: another thread may change the limit meanwhile.
    let limit = state.limit
    sum.limitBytes = UInt64(limit)
    sum.indexBytes = UInt64(min(state.leafCapacity, limit))
    sum.segmentBytes = UInt64(geometry.segmentSize)
    sum.heldBytes = hearth_atomic_load64(state.heldAddress)
    sum.shards = UInt64(geometry.shards)
    for i in 0...shardMask {
      let shard = shards + i
      hearth_lock(Pool.lockWord(shard))
      shard.pointee.add(to: &sum)
      hearth_unlock(Pool.lockWord(shard))
    }
    return sum
  }
}

extension Shard {
  func add(to sum: inout PoolStatistics) {
    sum.longestHold = max(sum.longestHold, longestHold)
    sum.items += UInt64(liveItems)
    sum.bytes += UInt64(liveBytes)
    sum.segments += UInt64(segmentCount)
    sum.freeSegments += UInt64(freeCount)
    sum.totalItems += counters.totalItems
    sum.evictions += counters.evictions
    sum.evictedUnfetched += counters.evictedUnfetched
    sum.evictedExpiring += counters.evictedExpiring
    sum.lastEvictedAge = max(sum.lastEvictedAge, UInt64(counters.lastEvictedAge))
    sum.reclaimed += counters.reclaimed
    sum.expiredUnfetched += counters.expiredUnfetched
    sum.flushed += counters.flushed
    sum.outOfMemory += counters.outOfMemory
    sum.promoted += counters.promoted
    sum.reinserted += counters.reinserted
    sum.compacted += counters.compacted
    sum.scanned += counters.scanned
    sum.scans += counters.scans
    sum.ghostHits += counters.ghostHits
  }
}
