import CHearth
import Glibc

/// A rate kept by the clock: the times are fixed beforehand, so that whatever stalls is late, and seen to be.
struct Pace: Equatable, Sendable {
  /// Nanoseconds, monotonic.
  let start: UInt64
  /// Per second.
  let rate: Double

  /// When number `index` is due.
  func due(_ index: Int) -> UInt64 { start + UInt64(Double(index) * 1e9 / rate) }

  /// Waits for the time; at once if it has passed.
  static func wait(until time: UInt64) {
    let now = hearth_monotonic_ns()
    if time <= now { return }
    var left = timespec(
      tv_sec: Int((time - now) / 1_000_000_000), tv_nsec: Int((time - now) % 1_000_000_000))
    nanosleep(&left, nil)
  }
}
