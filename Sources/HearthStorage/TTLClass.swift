/// Groups remaining lifetimes so that items of one segment expire together: class 0 never expires, then four
/// classes per octave of seconds (19 % wide).
@usableFromInline
enum TTLClass {
  @inlinable @inline(__always) static var count: Int { 130 }

  /// Class of an item that expires at `expiry` (0 never).
  @inlinable @inline(__always)
  static func of(expiry: UInt32, now: UInt32) -> Int {
    if expiry == 0 { return 0 }
    let ttl = expiry > now ? expiry &- now : 1
    let octave = 31 &- ttl.leadingZeroBitCount
    let quarter =
      octave >= 2 ? Int((ttl &>> UInt32(octave &- 2)) & 3) : Int((ttl &<< UInt32(2 &- octave)) & 3)
    return min(octave &* 4 &+ quarter &+ 1, count &- 1)
  }

  /// Shortest lifetime of a class, seconds.
  @usableFromInline
  static func lowerBound(_ ttlClass: Int) -> UInt32 {
    if ttlClass == 0 { return .max }
    let octave = (ttlClass - 1) / 4
    let quarter = UInt64((ttlClass - 1) % 4)
    return UInt32(min(((4 + quarter) << UInt64(octave)) >> 2, UInt64(UInt32.max)))
  }
}
