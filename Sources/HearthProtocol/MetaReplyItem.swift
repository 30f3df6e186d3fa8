/// A flag that acts while the reply line is written. T, N and R print nothing, but what they change is seen
/// by a `t` behind them and not by one before.
@frozen
public enum MetaReplyItem: Sendable {
  /// c
  case cas
  /// f
  case flags
  /// h
  case hit
  /// k
  case key
  /// l
  case lastAccess
  /// s
  case size
  /// t
  case ttl
  /// O
  case opaque
  /// T
  case setTTL
  /// N
  case vivify
  /// R
  case recache

  /// The four-bit code of a flag letter, 0 for flags without effect on the reply. Spelled out, for a synthesised
  /// `rawValue` is not inlined across modules.
  @inlinable @inline(__always)
  static func code(_ letter: UInt8) -> UInt64 {
    switch letter {
    case 0x63: 1
    case 0x66: 2
    case 0x68: 3
    case 0x6b: 4
    case 0x6c: 5
    case 0x73: 6
    case 0x74: 7
    case 0x4f: 8
    case 0x54: 9
    case 0x4e: 10
    case 0x52: 11
    default: 0
    }
  }

  @inlinable @inline(__always)
  init?(code: UInt64) {
    switch code {
    case 1: self = .cas
    case 2: self = .flags
    case 3: self = .hit
    case 4: self = .key
    case 5: self = .lastAccess
    case 6: self = .size
    case 7: self = .ttl
    case 8: self = .opaque
    case 9: self = .setTTL
    case 10: self = .vivify
    case 11: self = .recache
    default: return nil
    }
  }
}
