import CHearth
import Glibc
import HearthCluster
import HearthFeed
import HearthHerd
import HearthStorage

/// What feeds do to the store of this node, as the primary of the keys. Every write tells those who wait for the key, like a client's. Any
/// thread.
struct FeedWrites {
  let server: UnsafeMutablePointer<ServerState>

  /// Seconds: the coarse clock is good enough.
  var now: UInt32 { server.pointee.clock.seconds(at: hearth_coarse_ns()) }

  /// Stores a value, whatever is there.
  func store(
    _ index: Int, _ bytes: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ flags: UInt32,
    _ ttl: UInt32
  ) -> FeedStoreOutcome {
    let pool = server.pointee.pools.pools + index
    guard let start = bytes.baseAddress else { return .tooLarge }
    let key = Key(start, bytes.count)
    let tooLarge = pool.pointee.exceedsLimit(
      keyLength: bytes.count, valueLength: value.count, clientFlags: flags)
    // An old value must not stay for one that does not fit.
    if tooLarge {
      remove(pool, key)
      return .tooLarge
    }
    let now = now
    let info = ItemInfo(clientFlags: flags, expiry: ttl == 0 ? 0 : now &+ ttl)
    let write: () -> Bool = {
      value.count <= pool.pointee.pool.inlineLimit
        ? self.put(pool, key, value, info, now: now) : self.putLarge(pool, key, value, info, now: now)
    }
    return finish(storeTelling(pool, key, write), pool, key)
  }

  /// Stores a large value that was received in parts.
  func store(
    _ index: Int, _ bytes: UnsafeRawBufferPointer, _ writer: consuming LargeWriter, _ flags: UInt32,
    _ ttl: UInt32
  ) -> FeedStoreOutcome {
    let pool = server.pointee.pools.pools + index
    guard let start = bytes.baseAddress else { return .tooLarge }
    let key = Key(start, bytes.count)
    let now = now
    let info = ItemInfo(clientFlags: flags, expiry: ttl == 0 ? 0 : now &+ ttl)
    var kept: LargeWriter? = consume writer
    let stored = storeTelling(pool, key) {
      guard let writer = kept.take() else { return false }
      var locked = pool.pointee.pool.lockForWrite(key, now: now)
      return locked.put(writer, info)
    }
    return finish(stored, pool, key)
  }

  /// A large value finds no room: an old one must not stay for it.
  func refuse(_ index: Int, _ bytes: UnsafeRawBufferPointer) -> FeedStoreOutcome {
    guard let start = bytes.baseAddress else { return .noMemory }
    return finish(false, server.pointee.pools.pools + index, Key(start, bytes.count))
  }

  private func finish(_ stored: Bool, _ pool: UnsafeMutablePointer<ServerPool>, _ key: Key)
    -> FeedStoreOutcome
  {
    if stored { return .stored }
    if pool.pointee.pool.evicts { remove(pool, key) }
    return .noMemory
  }

  /// Stores, and tells those who wait for the key. Clients' sets of what they read before are held off where the pool says
  /// so.
  private func storeTelling(_ pool: UnsafeMutablePointer<ServerPool>, _ key: Key, _ write: () -> Bool) -> Bool
  {
    let rule = pool.pointee.rule
    let stored: Bool
    if let rule, rule.pointee.holdOff != 0 {
      stored = withLeases(key) { table, actions in
        if !write() { return false }
        let (name, now) = (leaseKey(pool, key), milliseconds)
        _ = table.written(name, .set, now: now, &actions)
        table.invalidated(
          name, rule.pointee, clock: pool.pointee.pool.generationClock, now: now, &actions)
        return true
      }
    } else {
      stored = write()
      if stored, rule != nil, !server.pointee.leases.isEmpty(server.pointee.leases.part(of: key.hash)) {
        withLeases(key) { table, actions in
          _ = table.written(leaseKey(pool, key), .set, now: milliseconds, &actions)
        }
      }
    }
    if stored, KeyedMutexTable.hasWaiters(server.pointee.mutex.waitingWord) {
      ServerState.tellStored(server, key)
    }
    return stored
  }

  private func put(
    _ pool: UnsafeMutablePointer<ServerPool>, _ key: Key, _ value: UnsafeRawBufferPointer, _ info: ItemInfo,
    now: UInt32
  ) -> Bool {
    var locked = pool.pointee.pool.lockForWrite(key, now: now)
    return locked.put(value, info)
  }

  private func putLarge(
    _ pool: UnsafeMutablePointer<ServerPool>, _ key: Key, _ value: UnsafeRawBufferPointer, _ info: ItemInfo,
    now: UInt32
  ) -> Bool {
    guard var writer = pool.pointee.pool.beginLarge(key, length: value.count, now: now),
      LargeBody.fill(&writer, value)
    else { return false }
    var locked = pool.pointee.pool.lockForWrite(key, now: now)
    return locked.put(writer, info)
  }

  /// Removes the key. Answers whether it was there.
  @discardableResult
  func remove(_ index: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress else { return false }
    return remove(server.pointee.pools.pools + index, Key(start, bytes.count))
  }

  @discardableResult
  private func remove(_ pool: UnsafeMutablePointer<ServerPool>, _ key: Key) -> Bool {
    let rule = pool.pointee.rule
    if let rule, rule.pointee.holdOff != 0 {
      return withLeases(key) { table, actions in
        let was = self.unlink(pool, key)
        table.invalidated(
          leaseKey(pool, key), rule.pointee, clock: pool.pointee.pool.generationClock, now: milliseconds,
          &actions)
        return was
      }
    }
    let was = unlink(pool, key)
    if rule != nil, !server.pointee.leases.isEmpty(server.pointee.leases.part(of: key.hash)) {
      withLeases(key) { table, actions in table.deleted(leaseKey(pool, key), now: milliseconds, &actions) }
    }
    return was
  }

  private func unlink(_ pool: UnsafeMutablePointer<ServerPool>, _ key: Key) -> Bool {
    var locked = pool.pointee.pool.lock(key, now: now)
    let was = locked.item != nil
    locked.remove()
    return was
  }

  /// Compares without counting as a read.
  func compare(
    _ index: Int, _ bytes: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ flags: UInt32
  ) -> FeedComparison {
    guard let start = bytes.baseAddress else { return .missing }
    let pool = server.pointee.pools.pools[index].pool
    let locked = pool.lock(Key(start, bytes.count), now: now)
    guard let item = locked.item else { return .missing }
    if item.valueLength != value.count || item.clientFlags != flags { return .different }
    if !item.isLarge { return isEqual(item.value, value) ? .equal : .different }
    var pinned = locked.pin()
    _ = consume locked
    var offset = 0
    var equal = true
    while equal && offset < value.count {
      let piece = pinned.piece(at: offset)
      let count = min(piece.count, value.count - offset)
      equal = isEqual(
        UnsafeRawBufferPointer(start: piece.baseAddress, count: count),
        UnsafeRawBufferPointer(rebasing: value[offset..<(offset + count)]))
      offset += count
    }
    pinned.release()
    return equal ? .equal : .different
  }

  private func isEqual(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    if a.count != b.count { return false }
    guard let x = a.baseAddress, let y = b.baseAddress else { return true }
    return memcmp(x, y, a.count) == 0
  }

  /// Compares with a value that is somewhere else.
  func compare(
    _ index: Int, _ bytes: UnsafeRawBufferPointer, _ digest: FeedDigest, _ flags: UInt32
  ) -> FeedComparison {
    guard let start = bytes.baseAddress else { return .missing }
    let pool = server.pointee.pools.pools[index].pool
    let locked = pool.lock(Key(start, bytes.count), now: now)
    guard let item = locked.item else { return .missing }
    if item.clientFlags != flags || item.valueLength > FeedDigest.limit { return .different }
    if !item.isLarge { return FeedDigest(item.value) == digest ? .equal : .different }
    var pinned = locked.pin()
    _ = consume locked
    var found = FeedDigest()
    let block = UnsafeMutableRawPointer.allocate(byteCount: FeedDigest.block, alignment: 16)
    var (offset, filled) = (0, 0)
    while offset < pinned.length {
      let piece = pinned.piece(at: offset)
      let count = min(piece.count, FeedDigest.block - filled, pinned.length - offset)
      if count <= 0 { break }
      memcpy(block + filled, piece.baseAddress.unsafelyUnwrapped, count)
      offset += count
      filled += count
      if filled < FeedDigest.block && offset < pinned.length { continue }
      found.add(UnsafeRawBufferPointer(start: block, count: filled))
      filled = 0
    }
    block.deallocate()
    pinned.release()
    return found == digest ? .equal : .different
  }

  // ---- those who wait

  private var milliseconds: UInt64 { Worker.milliseconds(hearth_monotonic_ns()) }

  private func leaseKey(_ pool: UnsafeMutablePointer<ServerPool>, _ key: Key) -> LeaseKey {
    LeaseKey(pool: UInt16(truncatingIfNeeded: pool.pointee.index), key.start, key.count, hash: key.hash)
  }

  @discardableResult
  private func withLeases<R>(_ key: Key, _ body: (inout LeaseTable, inout HerdActions) -> R) -> R {
    var actions = HerdActions()
    let leases = server.pointee.leases
    let result = leases.withTable(leases.part(of: key.hash)) { body(&$0, &actions) }
    if !actions.isEmpty { ServerState.deliver(server, &actions) }
    return result
  }
}
