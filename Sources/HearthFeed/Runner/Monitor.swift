import Glibc

/// A lock with a condition: the two threads of a feed meet here. Lives as long as the feed.
package final class Monitor: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  package init() {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` with the lock.
  package func locked<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// The same if nobody has the lock; nil: somebody has.
  package func ifFree<R>(_ body: () -> R) -> R? {
    if pthread_mutex_trylock(mutex) != 0 { return nil }
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// Runs `body` without the lock, and has it again afterwards. With the lock.
  package func unlocked<R>(_ body: () -> R) -> R {
    pthread_mutex_unlock(mutex)
    defer { pthread_mutex_lock(mutex) }
    return body()
  }

  /// Wakes all who wait. With or without the lock.
  package func wakeAll() { pthread_cond_broadcast(condition) }

  /// Lets the lock go until somebody wakes all or the time is over. With the lock.
  package func wait(milliseconds: Int) {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let nanoseconds = now.tv_nsec + (milliseconds % 1000) * 1_000_000
    var until = timespec(
      tv_sec: now.tv_sec + milliseconds / 1000 + nanoseconds / 1_000_000_000,
      tv_nsec: nanoseconds % 1_000_000_000)
    pthread_cond_timedwait(condition, mutex, &until)
  }
}
