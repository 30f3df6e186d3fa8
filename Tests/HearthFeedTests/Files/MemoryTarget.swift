import Synchronization

@testable import HearthFeed

/// A store for one pool that holds what it is given.
final class MemoryTarget: FeedTarget {
  private struct State {
    var entries: [[UInt8]: [UInt8]] = [:]
    var readiness = FeedReadiness.loading(percent: 0)
    var stores = 0
  }

  private let state = Mutex(State())

  var entries: [String: String] {
    state.withLock { state in
      Dictionary(
        uniqueKeysWithValues: state.entries.map {
          (String(decoding: $0, as: UTF8.self), String(decoding: $1, as: UTF8.self))
        })
    }
  }

  var isReady: Bool { state.withLock { $0.readiness == .ready } }
  var stores: Int { state.withLock { $0.stores } }

  /// Behind the feed's back.
  func spoil(_ key: String, _ value: String?) {
    state.withLock { $0.entries[Array(key.utf8)] = value.map { Array($0.utf8) } }
  }

  func prefetch(pool: Int, key: UnsafeRawBufferPointer, isNear: Bool) {}

  func store(
    pool: Int, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, flags: UInt32, ttl: UInt32,
    note: FeedNote
  ) -> FeedStoreOutcome {
    let (key, value) = (Array(key), Array(value))
    state.withLock {
      $0.entries[key] = value
      $0.stores += 1
    }
    return .stored
  }

  func remove(pool: Int, key: UnsafeRawBufferPointer, note: FeedNote) -> Bool {
    let key = Array(key)
    return state.withLock { $0.entries.removeValue(forKey: key) != nil }
  }

  func compare(
    pool: Int, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, flags: UInt32
  ) -> FeedComparison {
    let (key, value) = (Array(key), Array(value))
    return state.withLock { state in
      guard let held = state.entries[key] else { return .missing }
      return held == value ? .equal : .different
    }
  }

  func isDeterministic(pool: Int) -> Bool { true }
  func memory(pool: Int) -> Int { 1 << 26 }
  func bump(group: UnsafeRawBufferPointer) {}

  func setReadiness(pool: Int, _ readiness: FeedReadiness) { state.withLock { $0.readiness = readiness } }

  func walk(
    pool: Int, prefix: [UInt8], _ cursor: inout FeedWalk, body: (UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    let keys = state.withLock { Array($0.entries.keys) }
    for key in keys { key.withUnsafeBytes { body($0) } }
    return false
  }
}
