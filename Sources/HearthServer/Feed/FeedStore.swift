import CHearth
import HearthFeed
import HearthHerd
import HearthStorage

/// The store as one feed sees it. Every write tells those who wait for the key, like a client's. Any thread; lives as long as
/// the server.
final class FeedStore: FeedTarget, @unchecked Sendable {
  private let server: UnsafeMutablePointer<ServerState>

  /// Number of the feed in the configuration.
  private let feed: Int

  /// Where its pools have copies: what lets it write while this node is their primary.
  private let shared: SharedFeed?

  init(_ server: UnsafeMutablePointer<ServerState>, feed: Int, _ shared: SharedFeed? = nil) {
    self.server = server
    self.feed = feed
    self.shared = shared
  }

  /// Changes something, if this feed may.
  @inline(__always)
  private func perform<R>(_ otherwise: R, _ body: () -> R) -> R {
    guard let shared else { return body() }
    return shared.perform(body) ?? otherwise
  }

  /// Seconds: the coarse clock is good enough.
  private var now: UInt32 { server.pointee.clock.seconds(at: hearth_coarse_ns()) }

  func store(
    pool index: Int, key bytes: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, flags: UInt32,
    ttl: UInt32
  ) -> FeedStoreOutcome {
    perform(.stored) { storeNow(index, bytes, value, flags, ttl) }
  }

  private func storeNow(
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
    if !storeTelling(pool, key, write) {
      if pool.pointee.pool.evicts { remove(pool, key) }
      return .noMemory
    }
    return .stored
  }

  func prefetch(pool: Int, key bytes: UnsafeRawBufferPointer, isNear: Bool) {
    guard let start = bytes.baseAddress else { return }
    let pool = server.pointee.pools.pools[pool].pool
    let hash = hearth_hash(start, bytes.count)
    if isNear { pool.prefetchItem(hash) } else { pool.prefetchBucket(hash) }
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

  @discardableResult
  func remove(pool index: Int, key bytes: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress else { return false }
    return perform(false) { remove(server.pointee.pools.pools + index, Key(start, bytes.count)) }
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

  func compare(
    pool index: Int, key bytes: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, flags: UInt32
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

  func isDeterministic(pool: Int) -> Bool { !server.pointee.pools.pools[pool].pool.evicts }

  func memory(pool: Int) -> Int { server.pointee.pools.pools[pool].pool.memoryLimit }

  func bump(group: UnsafeRawBufferPointer) { perform(()) { _ = ServerState.bump(server, group) } }

  func setReadiness(pool: Int, _ readiness: FeedReadiness) {
    guard let fed = server.pointee.pools.pools[pool].fed else { return }
    perform(()) { FedPool.set(fed, feed: feed, readiness) }
    shared?.note(readiness, of: fed.pointee.name)
  }

  var wantsPlaces: Bool { shared != nil }

  func note(_ place: FeedPlace) { shared?.note(place) }

  var inheritedPlace: FeedPlace? { shared?.place }

  func walk(pool: Int, _ cursor: inout FeedWalk, body: (UnsafeRawBufferPointer) -> Void) -> Bool {
    var place = WalkCursor(state: cursor.state)
    let goesOn = server.pointee.pools.pools[pool].pool.walk(&place, now: now) { item, _ in body(item.key) }
    cursor.state = place.state
    return goesOn
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
