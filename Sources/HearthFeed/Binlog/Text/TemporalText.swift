/// The binary forms of dates and times since MySQL 5.6 (`sql-common/my_time.cc`, `sql/compat56.cc`): big-endian integers with
/// the fraction behind in (digits + 1) / 2 bytes, such that they compare as bytes.
enum TemporalText {
  /// `-838:59:59.999999` and `9999-12-31 23:59:59.999999`, with room for what hostile bytes make of them.
  static let longest = 32

  /// Bytes of the fraction.
  @inline(__always)
  static func fractionSize(_ digits: Int) -> Int { (digits + 1) / 2 }

  /// DATE: 3 bytes, little-endian.
  @inline(__always)
  static func writeDate(_ value: UInt64, to room: UnsafeMutableRawPointer) -> Int {
    writeDate(year: value >> 9, month: value >> 5 & 15, day: value & 31, to: room)
  }

  /// DATETIME: 5 bytes and the fraction.
  @inline(__always)
  static func writeDateTime(_ bytes: UnsafeRawPointer, digits: Int, to room: UnsafeMutableRawPointer) -> Int {
    let whole = ByteOrder.big(bytes, 5) & 0x7F_FFFF_FFFF
    let count = writePackedDateTime(whole, to: room)
    return count + writeFraction(microseconds(bytes + 5, digits), digits: digits, to: room + count)
  }

  /// Year and month (times 13), day, hour, minute, second in 17, 5, 5, 6 and 6 bits.
  static func writePackedDateTime(_ packed: UInt64, to room: UnsafeMutableRawPointer) -> Int {
    let yearMonth = packed >> 22
    var count = writeDate(year: yearMonth / 13, month: yearMonth % 13, day: packed >> 17 & 31, to: room)
    room.storeBytes(of: UInt8(ascii: " "), toByteOffset: count, as: UInt8.self)
    count += 1
    writeClock(packed >> 12 & 31, packed >> 6 & 63, packed & 63, to: room + count)
    return count + 8
  }

  /// TIMESTAMP: seconds since 1970 in 4 bytes and the fraction; zero is no time.
  @inline(__always)
  static func writeTimestamp(_ bytes: UnsafeRawPointer, digits: Int, to room: UnsafeMutableRawPointer) -> Int
  {
    let seconds = ByteOrder.big(bytes, 4)
    let fraction = microseconds(bytes + 4, digits)
    var count: Int
    if seconds == 0, fraction == 0 {
      count = writeDate(year: 0, month: 0, day: 0, to: room)
    } else {
      count = writeDate(day: Int(seconds / 86_400), to: room)
    }
    room.storeBytes(of: UInt8(ascii: " "), toByteOffset: count, as: UInt8.self)
    count += 1
    let second = seconds % 86_400
    writeClock(second / 3600, second / 60 % 60, second % 60, to: room + count)
    count += 8
    return count + writeFraction(fraction, digits: digits, to: room + count)
  }

  /// TIME: 3 bytes and the fraction, biased as one number, so that -0.5 s borrows from the seconds.
  @inline(__always)
  static func writeTime(_ bytes: UnsafeRawPointer, digits: Int, to room: UnsafeMutableRawPointer) -> Int {
    let size = fractionSize(digits)
    let bits = UInt64(8 * (3 + size))
    let biased = Int64(ByteOrder.big(bytes, 3 + size)) - Int64(1) << Int64(bits - 1)
    let magnitude = biased.magnitude
    let scale: UInt64 = size == 3 ? 1 : size == 2 ? 100 : 10_000
    let mask = UInt64(1) << UInt64(8 * size) - 1
    return writePackedTime(
      magnitude >> UInt64(8 * size), microseconds: (magnitude & mask) * scale, isNegative: biased < 0,
      digits: digits,
      to: room)
  }

  /// Hour, minute, second in 10, 6 and 6 bits.
  static func writePackedTime(
    _ packed: UInt64, microseconds: UInt64, isNegative: Bool, digits: Int, to room: UnsafeMutableRawPointer
  ) -> Int {
    var count = 0
    if isNegative {
      room.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
      count = 1
    }
    let hour = packed >> 12 & 0x3FF
    if hour >= 100 {
      DigitText.write(hour / 100, digits: 1, to: room + count)
      count += 1
    }
    writeClock(hour % 100, packed >> 6 & 63, packed & 63, to: room + count)
    count += 8
    return count + writeFraction(microseconds, digits: digits, to: room + count)
  }

  /// `.` and the first `digits` of the six.
  static func writeFraction(_ microseconds: UInt64, digits: Int, to room: UnsafeMutableRawPointer) -> Int {
    guard digits > 0 else { return 0 }
    room.storeBytes(of: UInt8(ascii: "."), as: UInt8.self)
    var value = microseconds
    for _ in digits..<6 { value /= 10 }
    DigitText.write(value, digits: digits, to: room + 1)
    return digits + 1
  }

  @inline(__always)
  private static func microseconds(_ bytes: UnsafeRawPointer, _ digits: Int) -> UInt64 {
    switch fractionSize(digits) {
    case 1: ByteOrder.big(bytes, 1) * 10_000
    case 2: ByteOrder.big(bytes, 2) * 100
    case 3: ByteOrder.big(bytes, 3)
    default: 0
    }
  }

  @inline(__always)
  private static func writeDate(
    year: UInt64, month: UInt64, day: UInt64, to room: UnsafeMutableRawPointer
  ) -> Int {
    // Years of five digits are none; the room would still hold them.
    let digits = year > 9999 ? 5 : 4
    DigitText.write(year, digits: digits, to: room)
    room.storeBytes(of: UInt8(ascii: "-"), toByteOffset: digits, as: UInt8.self)
    DigitText.write(month, digits: 2, to: room + digits + 1)
    room.storeBytes(of: UInt8(ascii: "-"), toByteOffset: digits + 3, as: UInt8.self)
    DigitText.write(day, digits: 2, to: room + digits + 4)
    return digits + 6
  }

  /// A day counted from 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days).
  private static func writeDate(day: Int, to room: UnsafeMutableRawPointer) -> Int {
    let shifted = day + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return writeDate(
      year: UInt64(yearOfEra + era * 400 + (month <= 2 ? 1 : 0)), month: UInt64(month),
      day: UInt64(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1), to: room)
  }

  @inline(__always)
  private static func writeClock(
    _ hour: UInt64, _ minute: UInt64, _ second: UInt64, to room: UnsafeMutableRawPointer
  ) {
    DigitText.write(hour, digits: 2, to: room)
    room.storeBytes(of: UInt8(ascii: ":"), toByteOffset: 2, as: UInt8.self)
    DigitText.write(minute, digits: 2, to: room + 3)
    room.storeBytes(of: UInt8(ascii: ":"), toByteOffset: 5, as: UInt8.self)
    DigitText.write(second, digits: 2, to: room + 6)
  }
}
