import HearthCluster
import HearthStorage

/// What another node has flushed.
extension Worker {
  /// The peer has flushed a shard of its keys: here all of a shard goes at once, if all that is in it are the peer's.
  static func applyFlush(
    _ w: WorkerPointer, _ stream: PeerStream, _ pool: UnsafeMutablePointer<ServerPool>,
    _ bytes: UnsafeRawBufferPointer
  ) {
    guard bytes.count == 4, let ruling = w.pointee.ruling,
      let placement = ruling.pointee.placement(pool: pool.pointee.index)
    else { return }
    let number = Int(UInt16(littleEndian: bytes.loadUnaligned(as: UInt16.self)))
    let count = Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
    guard count > 0, count & (count - 1) == 0, number < count else { return }
    let store = pool.pointee.pool
    if placement.pointee.isUniform, store.shardCount == count { return store.flushAsCopy(shard: number) }
    removeItems(w, pool, shard: store.shardCount == count ? number : nil) { key in
      Pool.shard(of: key.hash, among: count) == number
        && KeyOwners(key, pool: pool.pointee.index, ruling).primary == stream.node
    }
  }

  /// Removes all items that a test names, of all shards or of one; `asCopy`: unjournaled.
  static func removeItems(
    _ w: WorkerPointer, _ pool: UnsafeMutablePointer<ServerPool>, shard: Int? = nil, asCopy: Bool = true,
    _ isMeant: (Key) -> Bool
  ) {
    var cursor = WalkCursor(state: (shard ?? 0, 0))
    var keys: [[UInt8]] = []
    var goesOn = true
    while goesOn, shard == nil || cursor.state.0 == shard {
      keys.removeAll(keepingCapacity: true)
      goesOn = pool.pointee.pool.walk(&cursor, now: w.pointee.now) { item, _ in
        guard let start = item.key.baseAddress else { return }
        if isMeant(Key(start, item.key.count)) { keys.append(Array(item.key)) }
      }
      for bytes in keys {
        bytes.withUnsafeBytes { raw in
          let key = Key(raw.baseAddress.unsafelyUnwrapped, raw.count)
          var locked =
            asCopy
            ? pool.pointee.pool.lockAsCopy(key, now: w.pointee.now)
            : pool.pointee.pool.lock(key, now: w.pointee.now)
          locked.remove()
        }
      }
    }
  }
}
