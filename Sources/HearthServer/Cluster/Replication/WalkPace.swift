/// How much of a walk may be sent where its rate is limited: the bytes become free evenly, turn by turn, so that clients of both nodes
/// find little in their way. Pure.
struct WalkPace {
  /// Microseconds between two turns.
  private static let turn = 1000
  /// Bytes that are worth a turn.
  private static let piece = 16 << 10

  /// Bytes that may be sent now; below 0: so many were sent too soon.
  private var free = 0
  /// Up to when they are counted, microseconds.
  private var counted: UInt64

  /// A walk begins.
  init(began: UInt64) { counted = began }

  /// Bytes of a turn.
  private static func share(rate: Int) -> Int { max(rate / 1_000_000 * turn, piece) }

  /// Counts what has become free. What could not be sent in the last quarter of a second, on a machine that had other things to do, is
  /// made up for, at twice the rate.
  private mutating func count(now: UInt64, rate: Int) {
    let passed = Int(min(now - min(counted, now), 1_000_000))
    counted = max(counted, now)
    free = min(free + passed * rate / 1_000_000, max(rate / 4, 2 * Self.share(rate: rate)))
  }

  /// Bytes that may be sent in this turn, 0: none. `now` is microseconds, `rate` bytes a second.
  mutating func share(now: UInt64, rate: Int) -> UInt64 {
    count(now: now, rate: rate)
    return free < Self.piece ? 0 : UInt64(min(free, 2 * Self.share(rate: rate)))
  }

  /// So many were sent.
  mutating func spend(_ bytes: UInt64) { free -= Int(bytes) }

  /// Microseconds until the next turn, 100...100,000.
  mutating func wait(now: UInt64, rate: Int) -> UInt64 {
    count(now: now, rate: rate)
    let missing = Self.share(rate: rate) - free
    if missing <= 0 { return UInt64(Self.turn) }
    return UInt64(min(max(missing * 1_000_000 / max(rate, 1), 100), 100_000))
  }
}
