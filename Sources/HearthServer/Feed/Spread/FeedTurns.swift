import CHearth

/// Sees to it that what a feed sends is done in the order in which it was sent: what comes late, by a connection that was given up, is not
/// done any more. Any worker.
final class FeedTurns: @unchecked Sendable {
  private let lock: UnsafeMutablePointer<UInt32>
  /// By the number that the feed has at the node that runs it: the view in which the run began, and its last attempt.
  private var last: [UInt64: (run: UInt64, attempt: UInt64)] = [:]

  init() {
    lock = .allocate(capacity: 1)
    lock.initialize(to: 0)
  }

  /// Does what an attempt asks for, unless a later one has been here; one after another, each for as long as a frame takes.
  func take<R>(run: UInt64, attempt: UInt64, _ body: () -> R?) -> R? {
    hearth_lock(lock)
    defer { hearth_unlock(lock) }
    let feed = attempt & (1 << FeedAttempt.feedBits - 1)
    if let last = last[feed], (run, attempt) < (last.run, last.attempt) { return nil }
    last[feed] = (run, attempt)
    return body()
  }
}
