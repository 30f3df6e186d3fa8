/// What the M flag chooses; only its first letter counts, in upper case.
public enum MetaMode: UInt8, Sendable {
  /// ms: E
  case add
  /// ms: A
  case append
  /// ms: P
  case prepend
  /// ms: R
  case replace
  /// ms: S, or no M
  case set
  /// ma: I or +, or no M
  case increment
  /// ma: D or -
  case decrement

  /// The mode of an `ms`.
  @inlinable
  init?(storage letter: UInt8) {
    switch letter {
    case 0x45: self = .add
    case 0x41: self = .append
    case 0x50: self = .prepend
    case 0x52: self = .replace
    case 0x53: self = .set
    default: return nil
    }
  }

  /// The mode of an `ma`.
  @inlinable
  init?(arithmetic letter: UInt8) {
    switch letter {
    case 0x49, ASCII.plus: self = .increment
    case 0x44, ASCII.minus: self = .decrement
    default: return nil
    }
  }
}
