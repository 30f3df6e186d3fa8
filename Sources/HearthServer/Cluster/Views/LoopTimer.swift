import CLibevent

/// Calls a function from a loop: after a while, or as soon as the loop is back. The loop's thread only; goes before the loop.
final class LoopTimer {
  private let body: () -> Void
  private var event: UnsafeMutablePointer<event>?

  init(_ base: OpaquePointer, _ body: @escaping () -> Void) {
    self.body = body
    event = event_new(base, -1, 0, timerDue, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit { if let event { event_free(event) } }

  /// Calls the function after so many milliseconds, instead of what was set before.
  func set(milliseconds: Int) {
    var interval = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    event_add(event, &interval)
  }

  /// Calls the function before the loop waits again.
  func fire() { event_active(event, Int32(EV_TIMEOUT), 0) }

  /// Calls nothing any more, until it is set again.
  func cancel() { event_del(event) }

  fileprivate func call() { body() }
}

func timerDue(_ descriptor: Int32, _ what: Int16, _ context: UnsafeMutableRawPointer?) {
  // Kept while it runs: the function may let go of the timer.
  Unmanaged<LoopTimer>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue().call()
}
