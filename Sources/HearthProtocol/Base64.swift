/// Base64 of the meta commands' keys. Decoding has memcached's leniency (base64.c): bytes outside the alphabet
/// are passed over, as long as what is left comes in fours.
public enum Base64 {
  /// Bytes that `encode` writes for so many.
  @inlinable
  public static func encodedLength(_ count: Int) -> Int { (count + 2) / 3 * 4 }

  /// Writes `encodedLength(source.count)` bytes; returns the place behind them.
  public static func encode(
    _ source: UnsafeRawBufferPointer, _ out: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    let letters = alphabet.utf8Start
    var out = out
    var index = 0
    while index < source.count {
      let left = source.count - index
      let a = source[index]
      let b = left > 1 ? source[index + 1] : 0
      let c = left > 2 ? source[index + 2] : 0
      let quad = (
        letters[Int(a >> 2)], letters[Int((a & 3) << 4 | b >> 4)],
        left > 1 ? letters[Int((b & 15) << 2 | c >> 6)] : pad, left > 2 ? letters[Int(c & 63)] : pad
      )
      out.storeBytes(of: quad.0, as: UInt8.self)
      out.storeBytes(of: quad.1, toByteOffset: 1, as: UInt8.self)
      out.storeBytes(of: quad.2, toByteOffset: 2, as: UInt8.self)
      out.storeBytes(of: quad.3, toByteOffset: 3, as: UInt8.self)
      out += 4
      index += 3
    }
    return out
  }

  /// Decodes into `out`, which must have room for as many bytes as the source has (three quarters of them are
  /// used). Returns the number of bytes, 0 when the source is not base64.
  public static func decode(_ source: UnsafeRawBufferPointer, _ out: UnsafeMutableRawPointer) -> Int {
    decode(source, store: { out.storeBytes(of: $1, toByteOffset: $0, as: UInt8.self) })
  }

  /// Length of the key once decoded, 0 when it is not base64.
  @usableFromInline
  static func decodedLength(_ cursor: LineCursor, _ range: ByteRange) -> Int {
    let source = UnsafeRawBufferPointer(start: cursor.base + Int(range.start), count: Int(range.count))
    return decode(source, store: { _, _ in })
  }

  @inline(__always)
  private static func decode(_ source: UnsafeRawBufferPointer, store: (Int, UInt8) -> Void) -> Int {
    var letters = 0
    for byte in source where value(byte) != nil { letters += 1 }
    if letters == 0 || letters % 4 != 0 { return 0 }
    var bits: UInt32 = 0
    var filled = 0
    var pads = 0
    var count = 0
    for byte in source {
      guard let value = value(byte) else { continue }
      if byte == pad { pads += 1 }
      bits = bits << 6 | UInt32(value)
      filled += 1
      if filled < 4 { continue }
      if pads > 2 { return 0 }
      store(count, UInt8(truncatingIfNeeded: bits >> 16))
      store(count + 1, UInt8(truncatingIfNeeded: bits >> 8))
      store(count + 2, UInt8(truncatingIfNeeded: bits))
      count += 3 - pads
      // Padding ends the text, whatever follows.
      if pads > 0 { break }
      filled = 0
    }
    return count
  }

  private static var alphabet: StaticString {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  }

  private static var pad: UInt8 { 0x3d }

  private static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x41...0x5a: byte - 0x41
    case 0x61...0x7a: byte - 0x61 + 26
    case 0x30...0x39: byte - 0x30 + 52
    case 0x2b: 62
    case 0x2f: 63
    case pad: 0
    default: nil
    }
  }
}
