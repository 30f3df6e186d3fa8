import CHearth

/// Writes parts of replies into memory. Each function returns the place behind what it wrote; the caller
/// guarantees the room that each says it needs.
public enum ReplyWriter {
  /// A number without leading zeros; at most 20 bytes.
  @inlinable @inline(__always)
  public static func decimal(_ value: UInt64, _ out: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    if value < 10 {
      out.storeBytes(of: UInt8(truncatingIfNeeded: value) | 0x30, as: UInt8.self)
      return out + 1
    }
    let end = out + digits(value)
    let pairs = UnsafeRawPointer(digitPairs.utf8Start)
    var place = end
    var rest = value
    while rest >= 100 {
      let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
      place -= 2
      place.storeBytes(
        of: pairs.loadUnaligned(fromByteOffset: Int(pair) &* 2, as: UInt16.self), as: UInt16.self)
      rest = quotient
    }
    if rest >= 10 {
      place -= 2
      place.storeBytes(
        of: pairs.loadUnaligned(fromByteOffset: Int(rest) &* 2, as: UInt16.self), as: UInt16.self)
    } else {
      place -= 1
      place.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x30, as: UInt8.self)
    }
    return end
  }

  /// Number of decimal digits of a value.
  @inlinable @inline(__always)
  public static func digits(_ value: UInt64) -> Int {
    var count = 1
    var rest = value
    while rest >= 10_000 {
      rest /= 10_000
      count &+= 4
    }
    if rest >= 1000 { return count &+ 3 }
    if rest >= 100 { return count &+ 2 }
    return rest >= 10 ? count &+ 1 : count
  }

  /// A literal; as many bytes as it has.
  @inlinable @inline(__always)
  public static func text(_ text: StaticString, _ out: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    out.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
    return out + text.utf8CodeUnitCount
  }

  /// Bytes as they are.
  @inlinable @inline(__always)
  public static func bytes(
    _ bytes: UnsafeRawBufferPointer, _ out: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    if bytes.count > 0 { hearth_copy(out, bytes.baseAddress.unsafelyUnwrapped, bytes.count) }
    return out + bytes.count
  }

  /// One byte.
  @inlinable @inline(__always)
  public static func byte(_ byte: UInt8, _ out: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    out.storeBytes(of: byte, as: UInt8.self)
    return out + 1
  }

  /// CR LF; 2 bytes.
  @inlinable @inline(__always)
  public static func lineEnd(_ out: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    out.storeBytes(of: 0x0a0d, as: UInt16.self)
    return out + 2
  }

  /// Most bytes that `value` writes.
  @inlinable public static var longestValueLine: Int { 6 + ProtocolLimit.key + 1 + 10 + 1 + 10 + 1 + 20 + 2 }

  /// `VALUE key flags bytes [cas]` and CR LF; at most `longestValueLine` bytes for a key of the longest.
  @inlinable @inline(__always)
  public static func value(
    key: UnsafeRawBufferPointer, flags: UInt32, length: Int, cas: UInt64? = nil,
    _ out: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    var out = text("VALUE ", out)
    out = bytes(key, out)
    out = byte(ASCII.space, out)
    out = decimal(UInt64(flags), out)
    out = byte(ASCII.space, out)
    out = decimal(UInt64(length), out)
    if let cas {
      out = byte(ASCII.space, out)
      out = decimal(cas, out)
    }
    return lineEnd(out)
  }

  /// Most bytes that `error` writes.
  @inlinable public static var longestError: Int { 64 }

  /// The line of an error that the parser found.
  @inlinable
  public static func error(
    _ error: ProtocolError, _ out: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    text(error.line, out)
  }

  /// A space and the letter of a returned meta flag; 2 bytes.
  @inlinable @inline(__always)
  public static func flag(_ letter: UInt8, _ out: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
    out.storeBytes(of: UInt16(letter) << 8 | 0x20, as: UInt16.self)
    return out + 2
  }

  /// Most bytes that `key` writes: a space, k, the key in base64, ` b`.
  @inlinable public static var longestKeyFlag: Int { 2 + Base64.encodedLength(ProtocolLimit.key) + 2 }

  /// ` k` and the key, in base64 with ` b` behind it when it is a binary one; at most `longestKeyFlag` bytes.
  @inlinable
  public static func key(
    _ key: UnsafeRawBufferPointer, isBinary: Bool, _ out: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    let out = flag(0x6b, out)
    return isBinary ? flag(0x62, Base64.encode(key, out)) : bytes(key, out)
  }

  /// 00 to 99.
  @inlinable static var digitPairs: StaticString {
    """
    0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
    5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
    """
  }
}
