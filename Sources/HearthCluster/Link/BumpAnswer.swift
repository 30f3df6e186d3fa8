/// What a node says that was told of bumps: 8 bytes, and 16 for each pool that keeps generations, with its clock.
public struct BumpAnswer: Equatable, Sendable {
  /// What it has done.
  public enum Outcome: UInt64, Sendable {
    /// All of it.
    case applied = 1
    /// Not all: it goes by another view, or may not act as a primary now.
    case notNow
    /// Not all: its clock is as far as one of the numbers.
    case behind
  }

  /// What it has done.
  public var outcome: Outcome
  /// Its clocks by the numbers of the pools.
  public var clocks: [Int: UInt64]

  /// An answer.
  public init(_ outcome: Outcome, clocks: [Int: UInt64]) {
    self.outcome = outcome
    self.clocks = clocks
  }

  /// Its bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(word: outcome.rawValue)
    for (pool, clock) in clocks {
      bytes.append(word: UInt64(pool))
      bytes.append(word: clock)
    }
    return bytes
  }

  /// Reads it; nil: it is none.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 8, bytes.count % 16 == 8, let outcome = Outcome(rawValue: bytes.word(at: 0)) else {
      return nil
    }
    self.outcome = outcome
    clocks = [:]
    for offset in stride(from: 8, to: bytes.count, by: 16) {
      clocks[Int(truncatingIfNeeded: bytes.word(at: offset) & 0xffff)] = bytes.word(at: offset + 8)
    }
  }
}
