extension RenderBuffer {
  /// Writes a number (RFC 8259, section 6) with all its digits. Zeros in front, which ZEROFILL and the year 0000 have,
  /// are left out; what is no number becomes a string.
  public mutating func appendJSONNumber(_ source: UnsafeRawBufferPointer) {
    var i = 0
    if source.first == UInt8(ascii: "-") { i = 1 }
    let digits = Self.digits(source, from: i)
    guard digits > i else { return appendJSONText(source) }
    while i + 1 < digits, source[i] == UInt8(ascii: "0") { i += 1 }
    var end = digits
    if end < source.count, source[end] == UInt8(ascii: ".") {
      let fraction = Self.digits(source, from: end + 1)
      guard fraction > end + 1 else { return appendJSONText(source) }
      end = fraction
    }
    if end < source.count, source[end] | 0x20 == UInt8(ascii: "e") {
      var exponent = end + 1
      if exponent < source.count,
        source[exponent] == UInt8(ascii: "+") || source[exponent] == UInt8(ascii: "-")
      {
        exponent += 1
      }
      end = Self.digits(source, from: exponent)
      guard end > exponent else { return appendJSONText(source) }
    }
    guard end == source.count else { return appendJSONText(source) }
    if source[0] == UInt8(ascii: "-") { append(UInt8(ascii: "-")) }
    append(UnsafeRawBufferPointer(rebasing: source[i...]))
  }

  /// Where the digits end that begin at `start`.
  @inline(__always)
  private static func digits(_ source: UnsafeRawBufferPointer, from start: Int) -> Int {
    var i = start
    while i < source.count, source[i] &- UInt8(ascii: "0") < 10 { i += 1 }
    return i
  }
}
