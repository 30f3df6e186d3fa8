import CHearth
import HearthCluster
import HearthFeed
import HearthStorage

/// The store as one feed sees it. Any thread; lives as long as the server.
final class FeedStore: FeedTarget, @unchecked Sendable {
  private let server: UnsafeMutablePointer<ServerState>
  private let writes: FeedWrites

  /// Number of the feed in the configuration.
  private let feed: Int

  /// Where its pools have copies: what lets it write while this node runs it.
  private let shared: SharedFeed?
  /// Where each copy is on several nodes: what goes to the primaries of the keys.
  private let outbox: FeedOutbox?

  init(_ server: UnsafeMutablePointer<ServerState>, feed: Int, _ shared: SharedFeed? = nil) {
    self.server = server
    self.feed = feed
    self.shared = shared
    writes = FeedWrites(server: server)
    outbox = shared?.outbox
  }

  /// Changes something, if this feed may.
  @inline(__always)
  private func perform<R>(_ otherwise: R, _ body: () -> R) -> R {
    guard let shared else { return body() }
    return shared.perform(body) ?? otherwise
  }

  func store(
    pool: Int, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, flags: UInt32, ttl: UInt32,
    note: FeedNote
  ) -> FeedStoreOutcome {
    if let outbox {
      if isTooLarge(pool, key, value, flags) {
        remove(pool: pool, key: key, note: .nothing)
        return .tooLarge
      }
      outbox.append(.store, pool, key, value, flags: flags, ttl: ttl, note)
      return .sent
    }
    return perform(.stored) { writes.store(pool, key, value, flags, ttl) }
  }

  func repair(
    pool: Int, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, flags: UInt32, ttl: UInt32,
    note: FeedNote
  ) -> (found: FeedComparison, outcome: FeedStoreOutcome) {
    if let outbox {
      if isTooLarge(pool, key, value, flags) {
        remove(pool: pool, key: key, note: note)
        return (.missing, .tooLarge)
      }
      outbox.append(.repair, pool, key, value, flags: flags, ttl: ttl, note)
      return (.equal, .sent)
    }
    let found = writes.compare(pool, key, value, flags)
    if found == .equal { return (found, .stored) }
    return (found, perform(.stored) { writes.store(pool, key, value, flags, ttl) })
  }

  private func isTooLarge(
    _ pool: Int, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ flags: UInt32
  ) -> Bool {
    server.pointee.pools.pools[pool].exceedsLimit(
      keyLength: key.count, valueLength: value.count, clientFlags: flags)
  }

  func prefetch(pool: Int, key bytes: UnsafeRawBufferPointer, isNear: Bool) {
    if outbox != nil { return }
    guard let start = bytes.baseAddress else { return }
    let pool = server.pointee.pools.pools[pool].pool
    let hash = hearth_hash(start, bytes.count)
    if isNear { pool.prefetchItem(hash) } else { pool.prefetchBucket(hash) }
  }

  @discardableResult
  func remove(pool: Int, key: UnsafeRawBufferPointer, note: FeedNote) -> Bool {
    if let outbox {
      outbox.append(.remove, pool, key, UnsafeRawBufferPointer(start: nil, count: 0), flags: 0, ttl: 0, note)
      return false
    }
    return perform(false) { writes.remove(pool, key) }
  }

  func compare(
    pool: Int, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, flags: UInt32
  ) -> FeedComparison {
    outbox?.compare(pool, key, value, flags) ?? writes.compare(pool, key, value, flags)
  }

  func isDeterministic(pool: Int) -> Bool { !server.pointee.pools.pools[pool].pool.evicts }

  func memory(pool: Int) -> Int { server.pointee.pools.pools[pool].pool.memoryLimit }

  func bump(group: UnsafeRawBufferPointer) {
    if let outbox { return outbox.bump(group) }
    perform(()) { _ = ServerState.bump(server, group) }
  }

  func setReadiness(pool: Int, _ readiness: FeedReadiness) {
    guard let fed = server.pointee.pools.pools[pool].fed else { return }
    guard let shared else { return FedPool.set(fed, feed: feed, readiness) }
    shared.note(readiness, of: fed)
  }

  var wantsPlaces: Bool { shared != nil }

  func note(_ place: FeedPlace) { shared?.note(place) }

  var inheritedPlace: FeedPlace? { shared?.place }

  func wasReady(pool: Int) -> Bool {
    guard let shared, let fed = server.pointee.pools.pools[pool].fed else { return false }
    return shared.inherited.readiness[fed.pointee.name] == FedPool.ready
  }

  func walk(
    pool: Int, prefix: [UInt8], _ cursor: inout FeedWalk, body: (UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    if let outbox { return outbox.walk(pool, prefix, &cursor, body) }
    var place = WalkCursor(state: cursor.state)
    let goesOn = server.pointee.pools.pools[pool].pool.walk(&place, now: writes.now) { item, _ in
      body(item.key)
    }
    cursor.state = place.state
    return goesOn
  }

  // ---- what other nodes do

  var answersLater: Bool { outbox != nil }

  func awaitRoom() { outbox?.awaitRoom() }

  func push() { outbox?.push() }

  func takeResults() -> [FeedResult] { outbox?.takeResults() ?? [] }

  func settle() -> [FeedResult] { outbox?.settle() ?? [] }
}
