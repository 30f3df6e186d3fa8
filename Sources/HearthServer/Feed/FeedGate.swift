import CHearth

/// Lets feeds whose pools have copies write while this node is the primary. Any thread; lives as long as the process.
final class FeedGate: @unchecked Sendable {
  // Held for each write, so that nobody writes any more when the gate is closed.
  private let lock: UnsafeMutablePointer<UInt32>
  /// For each feed how often it was let in, times two, and 1 while it is; written under the lock, atomic.
  private let states: UnsafeMutablePointer<UInt64>

  init(feeds: Int) {
    lock = .allocate(capacity: 1)
    lock.initialize(to: 0)
    states = .allocate(capacity: max(1, feeds))
    states.initialize(repeating: 0, count: max(1, feeds))
  }

  /// The feed may write from now on, or must not any more.
  func set(_ feed: Int, isOpen: Bool) {
    hearth_lock(lock)
    let wasOpen = states[feed] & 1 != 0
    if wasOpen != isOpen {
      hearth_atomic_store64(states + feed, isOpen ? states[feed] + 3 : states[feed] - 1)
    }
    hearth_unlock(lock)
  }

  /// Number of the opening that lasts now; 0: the gate is closed. Waits for nobody.
  func opening(_ feed: Int) -> UInt64 {
    let state = hearth_atomic_load64(states + feed)
    return state & 1 != 0 ? state >> 1 : 0
  }

  /// Does something, if that opening lasts. Nil: it does not, and never will again.
  @inline(__always)
  func pass<R>(_ feed: Int, opening: UInt64, _ body: () -> R) -> R? {
    hearth_lock(lock)
    defer { hearth_unlock(lock) }
    return states[feed] == opening << 1 | 1 ? body() : nil
  }
}
