/// DECIMAL's binary form (`strings/decimal.c`): groups of nine digits in four big-endian bytes, the groups at both ends
/// shorter; the first bit is inverted, negative numbers are inverted as a whole.
enum DecimalText {
  /// Bytes of a group of 0 to 9 digits.
  @inline(__always)
  private static func groupSize(_ digits: Int) -> Int { min(4, (digits + 1) / 2) }

  /// Bytes of a value.
  static func size(precision: Int, scale: Int) -> Int {
    let whole = precision - scale
    return whole / 9 * 4 + groupSize(whole % 9) + scale / 9 * 4 + groupSize(scale % 9)
  }

  /// Bytes of the longest text: sign, digit before the point, point.
  static func longest(precision: Int) -> Int { precision + 3 }

  /// Writes the number with all digits of its scale; how many bytes it took. `scale` <= `precision`, and `bytes` has the
  /// size that they give.
  static func write(
    _ bytes: UnsafeRawPointer, precision: Int, scale: Int, to room: UnsafeMutableRawPointer
  ) -> Int {
    let first = bytes.load(as: UInt8.self)
    let isNegative = first & 0x80 == 0
    let mask: UInt8 = isNegative ? 0xFF : 0
    var count = 0
    if isNegative {
      room.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
      count = 1
    }
    var offset = 0
    var started = false
    /// A group of the whole part; zeros in front are left out.
    func whole(_ digits: Int) {
      let value = group(bytes, offset, digits, mask)
      offset += groupSize(digits)
      if started {
        DigitText.write(value, digits: digits, to: room + count)
        count += digits
      } else if value > 0 {
        count += DigitText.write(value, to: room + count)
        started = true
      }
    }
    let wholeDigits = precision - scale
    if wholeDigits % 9 > 0 { whole(wholeDigits % 9) }
    for _ in 0..<wholeDigits / 9 { whole(9) }
    if !started {
      room.storeBytes(of: UInt8(ascii: "0"), toByteOffset: count, as: UInt8.self)
      count += 1
    }
    guard scale > 0 else { return count }
    room.storeBytes(of: UInt8(ascii: "."), toByteOffset: count, as: UInt8.self)
    count += 1
    var left = scale
    while left > 0 {
      let digits = min(9, left)
      DigitText.write(group(bytes, offset, digits, mask), digits: digits, to: room + count)
      offset += groupSize(digits)
      count += digits
      left -= digits
    }
    return count
  }

  @inline(__always)
  private static func group(_ bytes: UnsafeRawPointer, _ offset: Int, _ digits: Int, _ mask: UInt8) -> UInt64
  {
    var value: UInt64 = 0
    for index in offset..<offset + groupSize(digits) {
      var byte = bytes.load(fromByteOffset: index, as: UInt8.self) ^ mask
      if index == 0 { byte ^= 0x80 }
      value = value << 8 | UInt64(byte)
    }
    return value
  }
}
