/// Spreads work so that it stays below a rate. Time is handed in.
struct RatePacer {
  /// Units per second; 0: as many as come.
  let rate: Int
  /// When the work done so far would be due at this rate, nanoseconds.
  private var due: UInt64 = 0

  init(rate: Int) { self.rate = rate }

  /// `units` of work were done. Returns how long to wait before the next, nanoseconds. Time that was not used is not
  /// saved up for longer than a tenth of a second.
  mutating func pause(after units: Int, now: UInt64) -> UInt64 {
    if rate <= 0 { return 0 }
    due = max(due, now &- min(now, 100_000_000)) &+ UInt64(units) &* 1_000_000_000 / UInt64(rate)
    return due > now ? due - now : 0
  }
}
