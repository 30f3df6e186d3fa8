import CHearth

/// The longest time without an answer, over all connections of the clients. Any thread; a few steps under a lock.
final class GapMeter: @unchecked Sendable {
  private let lock: UnsafeMutablePointer<UInt32>
  private var last: UInt64 = 0
  private var longest: UInt64 = 0

  init() {
    lock = .allocate(capacity: 1)
    lock.initialize(to: 0)
  }

  deinit { lock.deallocate() }

  /// A write was acknowledged. Monotonic nanoseconds.
  func answer(at now: UInt64) {
    hearth_lock(lock)
    if now > last {
      if last != 0 { longest = max(longest, now - last) }
      last = now
    }
    hearth_unlock(lock)
  }

  /// What was before counts no more, but for the last answer: the gap that is open now does.
  func restart() {
    hearth_lock(lock)
    longest = 0
    hearth_unlock(lock)
  }

  /// Nanoseconds; a gap that is still open counts.
  func longest(at now: UInt64) -> UInt64 {
    hearth_lock(lock)
    defer { hearth_unlock(lock) }
    return max(longest, last == 0 || now < last ? 0 : now - last)
  }
}
