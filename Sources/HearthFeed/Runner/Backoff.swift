/// Longer and longer pauses between attempts.
struct Backoff {
  private static let shortest = 250
  private static let longest = 4000
  private var next = Backoff.shortest

  /// It went well.
  mutating func reset() { next = Self.shortest }

  /// Milliseconds until the next attempt.
  mutating func pause() -> Int {
    defer { next = min(next * 2, Self.longest) }
    return next
  }
}
