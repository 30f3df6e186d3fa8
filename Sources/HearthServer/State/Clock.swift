import CHearth

/// The daemon's time: the wall clock read once at start, moved on by the monotonic clock. It never jumps, so no
/// item lives longer or shorter because somebody set the time.
struct Clock: Sendable {
  /// Wall time at start, nanoseconds since 1970.
  let wallStart: UInt64
  /// Monotonic time at start, nanoseconds.
  let monotonicStart: UInt64

  init(wall: UInt64 = hearth_wall_ns(), monotonic: UInt64 = hearth_monotonic_ns()) {
    wallStart = wall
    monotonicStart = monotonic
  }

  /// Unix seconds at a monotonic time.
  @inline(__always)
  func seconds(at monotonic: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: (wallStart &+ (monotonic &- monotonicStart)) / 1_000_000_000)
  }

  /// Unix milliseconds at a monotonic time.
  @inline(__always)
  func milliseconds(at monotonic: UInt64) -> UInt64 {
    (wallStart &+ (monotonic &- monotonicStart)) / 1_000_000
  }

  /// Whole seconds since start.
  func uptime(at monotonic: UInt64) -> UInt64 { (monotonic &- monotonicStart) / 1_000_000_000 }
}
