import CHearth
import Glibc

extension RowFilter {
  /// -1, 0 or 1; nil where the value is not what its column's kind promises.
  func compare(_ value: UnsafeRawBufferPointer, _ form: Form, _ index: Int) -> Int? {
    let constant = constants[index]
    switch form {
    case .decimal:
      guard let decimal = DecimalDigits(value), let other = constant.decimal else { return nil }
      return texts.withUnsafeBytes {
        DecimalDigits.compare(
          decimal, value, other,
          UnsafeRawBufferPointer(rebasing: $0[constant.start..<(constant.start + constant.count)]))
      }
    case .float: return Self.real(value, isFloat: true).map { Self.order($0, constant.real) }
    case .double: return Self.real(value, isFloat: false).map { Self.order($0, constant.real) }
    case .date: return Moment.date(value).map { Self.order($0, constant.moment) }
    case .time: return Moment.time(value).map { Self.order($0, constant.moment) }
    case .bytes:
      return texts.withUnsafeBytes { texts in
        let common = min(value.count, constant.count)
        if common > 0, let a = value.baseAddress, let b = texts.baseAddress {
          let order = memcmp(a, b + constant.start, common)
          if order != 0 { return order < 0 ? -1 : 1 }
        }
        return Self.order(value.count, constant.count)
      }
    }
  }

  private static func order<Number: Comparable>(_ a: Number, _ b: Number) -> Int {
    a < b ? -1 : a > b ? 1 : 0
  }

  /// A FLOAT column's number is first the float that it is: 0.1 is not the double 0.1, as in MySQL.
  static func real(_ text: UnsafeRawBufferPointer, isFloat: Bool) -> Double? {
    guard 1...63 ~= text.count else { return nil }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { copy -> Double? in
      for i in 0..<text.count { copy[i] = CChar(bitPattern: text[i]) }
      copy[text.count] = 0
      guard let start = copy.baseAddress else { return nil }
      var end: UnsafeMutablePointer<CChar>?
      let value = isFloat ? Double(strtof(start, &end)) : strtod(start, &end)
      return end == start + text.count && !value.isNaN ? value : nil
    }
  }
}
