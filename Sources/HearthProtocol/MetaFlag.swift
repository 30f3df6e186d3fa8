/// The bits of `Request.metaFlags`, one per letter of the meta commands.
public enum MetaFlag {
  /// The bit of a letter; distinct for all letters.
  @inlinable @inline(__always)
  public static func bit(_ letter: UInt8) -> UInt64 { 1 &<< UInt64(letter & 63) }

  /// b: the key is base64.
  @inlinable public static var base64Key: UInt64 { bit(0x62) }
  /// c: return the CAS.
  @inlinable public static var returnCAS: UInt64 { bit(0x63) }
  /// f: return the client flags.
  @inlinable public static var returnFlags: UInt64 { bit(0x66) }
  /// h: return whether the item was hit before.
  @inlinable public static var returnHit: UInt64 { bit(0x68) }
  /// k: return the key.
  @inlinable public static var returnKey: UInt64 { bit(0x6b) }
  /// l: return the seconds since the last access.
  @inlinable public static var returnLastAccess: UInt64 { bit(0x6c) }
  /// q: leave out the nominal reply.
  @inlinable public static var quiet: UInt64 { bit(0x71) }
  /// s: return the size.
  @inlinable public static var returnSize: UInt64 { bit(0x73) }
  /// t: return the remaining life.
  @inlinable public static var returnTTL: UInt64 { bit(0x74) }
  /// u: do not count as an access.
  @inlinable public static var noBump: UInt64 { bit(0x75) }
  /// v: return the value.
  @inlinable public static var value: UInt64 { bit(0x76) }
  /// x: take the value away, keep the item.
  @inlinable public static var removeValue: UInt64 { bit(0x78) }
  /// C: compare the CAS.
  @inlinable public static var compareCAS: UInt64 { bit(0x43) }
  /// D: delta.
  @inlinable public static var delta: UInt64 { bit(0x44) }
  /// E: the new CAS.
  @inlinable public static var explicitCAS: UInt64 { bit(0x45) }
  /// F: client flags.
  @inlinable public static var clientFlags: UInt64 { bit(0x46) }
  /// I: invalidate, or accept an older CAS as stale.
  @inlinable public static var invalidate: UInt64 { bit(0x49) }
  /// J: initial value.
  @inlinable public static var initial: UInt64 { bit(0x4a) }
  /// L: for proxies, ignored.
  @inlinable public static var pathLocal: UInt64 { bit(0x4c) }
  /// M: mode.
  @inlinable public static var mode: UInt64 { bit(0x4d) }
  /// N: create on a miss, with this time to live.
  @inlinable public static var vivify: UInt64 { bit(0x4e) }
  /// O: opaque.
  @inlinable public static var opaque: UInt64 { bit(0x4f) }
  /// P: for proxies, ignored.
  @inlinable public static var path: UInt64 { bit(0x50) }
  /// R: win the right to recache below this remaining life.
  @inlinable public static var recache: UInt64 { bit(0x52) }
  /// T: time to live.
  @inlinable public static var ttl: UInt64 { bit(0x54) }

  /// Flags that carry a number.
  @inlinable public static var numeric: UInt64 {
    compareCAS | delta | explicitCAS | clientFlags | initial | vivify | recache | ttl
  }
  /// Flags whose argument `MetaArguments` reads.
  @inlinable public static var withArgument: UInt64 { numeric | mode }
  /// Every letter that memcached knows; it takes all of them on all commands.
  @inlinable public static var known: UInt64 {
    withArgument | base64Key | returnCAS | returnFlags | returnHit | returnKey | returnLastAccess | quiet
      | returnSize | returnTTL | noBump | value | removeValue | invalidate | pathLocal | opaque | path
  }
}
