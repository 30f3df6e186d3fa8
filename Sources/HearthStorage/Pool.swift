import CHearth

/// A pool as workers use it: a handle that is copied freely; every operation may be called from any thread.
public struct Pool: @unchecked Sendable {
  @usableFromInline let state: UnsafeMutablePointer<PoolState>
  @usableFromInline let shards: UnsafeMutablePointer<Shard>
  @usableFromInline let shardMask: Int
  /// Number of the pool in its store.
  public let index: Int
  /// Values up to this many bytes are stored with `put`; larger ones need a `LargeWriter`.
  public let inlineLimit: Int

  /// A pool of the kind cache, which evicts when it is full.
  public var evicts: Bool { state.pointee.kind == .cache }

  init(_ state: UnsafeMutablePointer<PoolState>, index: Int) {
    self.state = state
    self.index = index
    shards = state.pointee.shards
    shardMask = state.pointee.geometry.shards - 1
    inlineLimit = state.pointee.geometry.inlineLimit
  }

  @inlinable @inline(__always)
  func shard(_ hash: UInt64) -> UnsafeMutablePointer<Shard> { shards + (hash.shardBits & shardMask) }

  @inlinable @inline(__always)
  static func lockWord(_ shard: UnsafeMutablePointer<Shard>) -> UnsafeMutablePointer<UInt32> {
    UnsafeMutableRawPointer(shard).assumingMemoryBound(to: UInt32.self)
  }

  /// Stage 1 of a batch: brings the key's bucket into the cache. Needs no lock.
  @inlinable @inline(__always)
  public func prefetchBucket(_ hash: UInt64) {
    if hearth_is_thread_sanitized() != 0 { return }
    hearth_prefetch(shard(hash).pointee.home(hash))
  }

  /// Stage 2 of a batch, once the bucket is there: brings the first lines of the item into the cache. A
  /// wrong guess costs nothing but the line.
  @inlinable @inline(__always)
  public func prefetchItem(_ hash: UInt64) {
    if hearth_is_thread_sanitized() != 0 { return }
    let shard = shard(hash)
    let location = hearth_peek(shard.pointee.home(hash), hash.tag)
    if location == 0 { return }
    let item = shard.pointee.item(location).raw
    hearth_prefetch(item)
    hearth_prefetch(item + 64)
    hearth_prefetch(item + 128)
  }

  /// Locks the key to read it, or to change or remove it in place.
  @inlinable @inline(__always)
  public func lock(_ key: Key, now: UInt32) -> LockedKey {
    let shard = shard(key.hash)
    hearth_lock(Pool.lockWord(shard))
    return LockedKey(shard: shard, key: key, now: now)
  }

  /// Locks the key to write it: if the shard is short of free segments, some are won first (by eviction,
  /// or compaction), in steps between which the lock is free.
  @inlinable @inline(__always)
  public func lockForWrite(_ key: Key, now: UInt32) -> LockedKey {
    let shard = shard(key.hash)
    hearth_lock(Pool.lockWord(shard))
    if shard.pointee.freeCount < shard.pointee.reserve || shard.pointee.debt >= shard.pointee.segmentSize {
      makeRoomLocked(shard, segments: shard.pointee.reserve, now: now)
    }
    return LockedKey(shard: shard, key: key, now: now)
  }

  /// Locks the key to write it as another node has it: the change is not journaled, its version is the given CAS.
  public func lockAsCopy(_ key: Key, now: UInt32) -> LockedKey {
    let shard = shard(key.hash)
    hearth_lock(Pool.lockWord(shard))
    if shard.pointee.freeCount < shard.pointee.reserve || shard.pointee.debt >= shard.pointee.segmentSize {
      makeRoomLocked(shard, segments: shard.pointee.reserve, now: now)
    }
    return LockedKey(shard: shard, key: key, now: now, isCopy: true)
  }

  /// Changes are noted from now on. Before anybody uses the pool.
  public func setJournal(_ journal: UnsafeMutablePointer<Journal>) {
    state.pointee.journal = journal
    state.pointee.generations?.beginWithoutNumbers()
  }
}
