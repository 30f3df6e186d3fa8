/// Writes JSON the way MySQL's `Json_wrapper::to_string` does, or only counts its bytes.
struct JSONTextWriter {
  /// nil: count only.
  private let room: UnsafeMutableRawPointer?
  private let limit: Int
  /// Bytes written.
  private(set) var count = 0
  /// More was to be written than allowed, and was not.
  private(set) var isOver = false

  init(_ room: UnsafeMutableRawPointer?, limit: Int) {
    self.room = room
    self.limit = limit
  }

  mutating func put(_ byte: UInt8) {
    guard count < limit else {
      isOver = true
      return
    }
    room?.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  mutating func put(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count <= limit - count, let base = bytes.baseAddress else {
      isOver = isOver || !bytes.isEmpty
      return
    }
    if let room { (room + count).copyMemory(from: base, byteCount: bytes.count) }
    count += bytes.count
  }

  mutating func put(_ text: StaticString) {
    put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// What `write` writes to room for `longest` bytes; it returns how many.
  mutating func put(longest: Int, _ write: (UnsafeMutableRawPointer) -> Int) {
    withUnsafeTemporaryAllocation(byteCount: longest, alignment: 1) { buffer in
      let base = buffer.baseAddress.unsafelyUnwrapped
      put(UnsafeRawBufferPointer(start: base, count: write(base)))
    }
  }

  mutating func put(_ number: Int64) {
    put(longest: DigitText.longest) { DigitText.write(signed: number, to: $0) }
  }

  mutating func put(_ number: UInt64) { put(longest: DigitText.longest) { DigitText.write(number, to: $0) } }

  /// The shortest digits that read back the same (`my_gcvt`): plain while the point is at most 15 digits to the right or 14
  /// zeros to the left, with `.0` where nothing else says that it is no integer.
  mutating func put(_ number: Double) {
    guard number.isFinite else {
      isOver = true
      return
    }
    var text = number.description
    text.withUTF8 { description in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: FloatText.longest) { digits in
        var length = 0
        var point: Int?
        var exponent = 0
        var index = 0
        while index < description.count {
          let byte = description[index]
          if byte == UInt8(ascii: "e") {
            var isNegative = false
            for digit in description[(index + 1)...] {
              if digit == UInt8(ascii: "-") { isNegative = true }
              if digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") {
                exponent = exponent * 10 + Int(digit & 15)
              }
            }
            if isNegative { exponent = -exponent }
            break
          }
          if byte == UInt8(ascii: ".") { point = length }
          if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), length < digits.count {
            digits[length] = byte
            length += 1
          }
          index += 1
        }
        var first = 0
        while first < length - 1, digits[first] == UInt8(ascii: "0") { first += 1 }
        while length > first + 1, digits[length - 1] == UInt8(ascii: "0") { length -= 1 }
        // The value is 0.d1d2d3.. times ten to the power of `place`.
        let place = (point ?? length) - first + exponent
        let isZero = digits[first] == UInt8(ascii: "0")
        putDigits(
          UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[first..<length]),
          place: isZero ? 1 : place,
          isNegative: number.sign == .minus)
      }
    }
  }

  private mutating func putDigits(_ digits: UnsafeRawBufferPointer, place: Int, isNegative: Bool) {
    if isNegative { put("-") }
    if place > 15 || place < -14 {
      put(digits[0])
      if digits.count > 1 {
        put(".")
        put(UnsafeRawBufferPointer(rebasing: digits[1...]))
      }
      put("e")
      put(Int64(place - 1))
    } else if place <= 0 {
      put("0.")
      for _ in 0..<(-place) { put("0") }
      put(digits)
    } else if place >= digits.count {
      put(digits)
      for _ in digits.count..<place { put("0") }
      put(".0")
    } else {
      put(UnsafeRawBufferPointer(rebasing: digits[..<place]))
      put(".")
      put(UnsafeRawBufferPointer(rebasing: digits[place...]))
    }
  }

  /// 0: null, 1: true, 2: false; any other is none.
  mutating func putLiteral(_ literal: UInt8) -> Bool {
    switch literal {
    case 0: put("null")
    case 1: put("true")
    case 2: put("false")
    default: return false
    }
    return true
  }

  /// Text in quotes, with escapes for them, for backslashes and for control characters.
  mutating func putString(_ text: UnsafeRawBufferPointer) {
    put("\"")
    var start = 0
    for index in 0..<text.count {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      put(UnsafeRawBufferPointer(rebasing: text[start..<index]))
      start = index + 1
      putEscaped(byte)
      if isOver { return }
    }
    put(UnsafeRawBufferPointer(rebasing: text[start...]))
    put("\"")
  }

  private mutating func putEscaped(_ byte: UInt8) {
    switch byte {
    case 8: put("\\b")
    case 9: put("\\t")
    case 10: put("\\n")
    case 12: put("\\f")
    case 13: put("\\r")
    case UInt8(ascii: "\""): put("\\\"")
    case UInt8(ascii: "\\"): put("\\\\")
    default:
      put("\\u00")
      put(AddressText.hexadecimal(byte >> 4))
      put(AddressText.hexadecimal(byte & 15))
    }
  }
}
