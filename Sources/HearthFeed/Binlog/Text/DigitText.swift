/// Writes digits. The caller has made room.
enum DigitText {
  /// Digits of the longest 64-bit number, with its sign.
  static let longest = 20

  /// The number in decimal; how many bytes it took.
  @inline(__always)
  static func write(_ number: UInt64, to room: UnsafeMutableRawPointer) -> Int {
    if number < 10 {
      room.storeBytes(of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number), as: UInt8.self)
      return 1
    }
    let count = digits(number)
    write(number, digits: count, to: room)
    return count
  }

  /// The number in decimal with its sign; how many bytes it took.
  @inline(__always)
  static func write(signed number: Int64, to room: UnsafeMutableRawPointer) -> Int {
    guard number < 0 else { return write(UInt64(number), to: room) }
    room.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
    return 1 + write(number.magnitude, to: room + 1)
  }

  /// The last `digits` digits of the number, with zeros in front.
  @inline(__always)
  static func write(_ number: UInt64, digits: Int, to room: UnsafeMutableRawPointer) {
    var left = number
    var index = digits
    while index > 0 {
      index -= 1
      let (quotient, remainder) = left.quotientAndRemainder(dividingBy: 10)
      room.storeBytes(
        of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: remainder), toByteOffset: index, as: UInt8.self)
      left = quotient
    }
  }

  @inline(__always)
  private static func digits(_ number: UInt64) -> Int {
    var count = 1
    var limit: UInt64 = 10
    while number >= limit {
      count += 1
      let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
      if overflow { break }
      limit = next
    }
    return count
  }
}
