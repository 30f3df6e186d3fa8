/// An exact decimal in a text: where its digits are, without zeros that mean nothing.
struct DecimalDigits {
  var isNegative: Bool
  /// Digits before the point, none leading zero.
  var integer: Range<Int>
  /// Digits after the point, none trailing zero.
  var fraction: Range<Int>

  /// Reads `[-+]digits[.digits]`; nil for anything else.
  init?(_ text: UnsafeRawBufferPointer) {
    var i = 0
    isNegative = text.first == UInt8(ascii: "-")
    if isNegative || text.first == UInt8(ascii: "+") { i = 1 }
    var start = i
    while i < text.count, text[i] &- UInt8(ascii: "0") < 10 { i += 1 }
    let integerEnd = i
    var fractionEnd = i
    if i < text.count, text[i] == UInt8(ascii: ".") {
      i += 1
      while i < text.count, text[i] &- UInt8(ascii: "0") < 10 { i += 1 }
      fractionEnd = i
    }
    let fractionStart = min(integerEnd + 1, fractionEnd)
    guard i == text.count, integerEnd > start || fractionEnd > fractionStart else { return nil }
    while start < integerEnd, text[start] == UInt8(ascii: "0") { start += 1 }
    while fractionEnd > fractionStart, text[fractionEnd - 1] == UInt8(ascii: "0") { fractionEnd -= 1 }
    integer = start..<integerEnd
    fraction = fractionStart..<fractionEnd
    if integer.isEmpty && fraction.isEmpty { isNegative = false }
  }

  /// -1, 0 or 1: how `a`, read from `text`, compares with `b`, read from `other`.
  static func compare(
    _ a: DecimalDigits, _ text: UnsafeRawBufferPointer, _ b: DecimalDigits, _ other: UnsafeRawBufferPointer
  ) -> Int {
    if a.isNegative != b.isNegative { return a.isNegative ? -1 : 1 }
    let sign = a.isNegative ? -1 : 1
    if a.integer.count != b.integer.count { return a.integer.count < b.integer.count ? -sign : sign }
    for k in 0..<a.integer.count {
      let x = text[a.integer.lowerBound + k]
      let y = other[b.integer.lowerBound + k]
      if x != y { return x < y ? -sign : sign }
    }
    for k in 0..<max(a.fraction.count, b.fraction.count) {
      let x = k < a.fraction.count ? text[a.fraction.lowerBound + k] : UInt8(ascii: "0")
      let y = k < b.fraction.count ? other[b.fraction.lowerBound + k] : UInt8(ascii: "0")
      if x != y { return x < y ? -sign : sign }
    }
    return 0
  }
}
