import CHearth
import HearthProtocol

/// A place in the replies; writes one line piece by piece with `ReplyWriter`. The caller has made room for the
/// longest.
struct ReplyCursor {
  var p: UnsafeMutableRawPointer

  @inline(__always)
  init(_ p: UnsafeMutableRawPointer) { self.p = p }

  @inline(__always)
  mutating func text(_ s: StaticString) { p = ReplyWriter.text(s, p) }

  @inline(__always)
  mutating func byte(_ b: UInt8) { p = ReplyWriter.byte(b, p) }

  @inline(__always)
  mutating func bytes(_ b: UnsafeRawBufferPointer) { p = ReplyWriter.bytes(b, p) }

  @inline(__always)
  mutating func number(_ n: UInt64) { p = ReplyWriter.decimal(n, p) }

  @inline(__always)
  mutating func number(_ n: Int) { p = ReplyWriter.decimal(UInt64(truncatingIfNeeded: n), p) }

  @inline(__always)
  mutating func endLine() { p = ReplyWriter.lineEnd(p) }

  /// A space and a flag letter.
  @inline(__always)
  mutating func flag(_ letter: UInt8) { p = ReplyWriter.flag(letter, p) }

  /// A space and an opaque token.
  @inline(__always)
  mutating func opaque(_ token: UnsafeRawBufferPointer) {
    byte(0x20)
    bytes(token)
  }

  /// The flag t: seconds that are left, -1 for ever.
  @inline(__always)
  mutating func timeToLive(_ expiry: UInt32, now: UInt32) {
    flag(0x74)
    if expiry == 0 { text("-1") } else { number(UInt64(expiry > now ? expiry &- now : 0)) }
  }
}
