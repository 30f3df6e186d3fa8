/// Dates and times as numbers that compare like them.
enum Moment {
  /// `YYYY-MM-DD[ hh:mm:ss[.ffffff]]`, zero parts allowed as MySQL does; nil for anything else.
  static func date(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard text.count == 10 || text.count >= 19, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      let year = number(text, 0, 4), let month = number(text, 5, 2), let day = number(text, 8, 2),
      month <= 12,
      day <= 31
    else { return nil }
    let days = (year * 13 + month) * 32 + day
    guard text.count > 10 else { return days * 86_400_000_000 }
    guard text[10] == UInt8(ascii: " ") || text[10] == UInt8(ascii: "T"),
      let time = clock(text, from: 11, hourDigits: 2), time < 86_400_000_000
    else { return nil }
    return days * 86_400_000_000 + time
  }

  /// `[-]hh:mm:ss[.ffffff]` with two or three digits of hours; nil for anything else.
  static func time(_ text: UnsafeRawBufferPointer) -> Int64? {
    let start = text.first == UInt8(ascii: "-") ? 1 : 0
    var digits = 0
    while start + digits < text.count, text[start + digits] != UInt8(ascii: ":") { digits += 1 }
    guard 2...3 ~= digits, let time = clock(text, from: start, hourDigits: digits) else { return nil }
    return start == 1 ? -time : time
  }

  /// Microseconds.
  private static func clock(_ text: UnsafeRawBufferPointer, from start: Int, hourDigits: Int) -> Int64? {
    let end = start + hourDigits + 6
    guard text.count >= end, text[end - 6] == UInt8(ascii: ":"), text[end - 3] == UInt8(ascii: ":"),
      let hour = number(text, start, hourDigits), let minute = number(text, end - 5, 2),
      let second = number(text, end - 2, 2), minute < 60, second < 60
    else { return nil }
    var fraction: Int64 = 0
    if text.count > end {
      let digits = text.count - end - 1
      guard text[end] == UInt8(ascii: "."), 1...6 ~= digits, var parts = number(text, end + 1, digits) else {
        return nil
      }
      for _ in digits..<6 { parts *= 10 }
      fraction = parts
    }
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
  }

  private static func number(_ text: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int64? {
    var value: Int64 = 0
    for k in start..<(start + count) {
      let digit = text[k] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int64(digit)
    }
    return value
  }
}
