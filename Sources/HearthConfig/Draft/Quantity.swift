/// Reads and writes the numbers of configurations. Readers answer nil for what they do not understand, overflow
/// included.
enum Quantity {
  /// Decimal digits with an optional minus. A leading zero is refused, because YAML 1.1 takes it for octal and people
  /// do not.
  static func integer(_ text: some StringProtocol) -> Int? {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard isDecimal(digits), digits.count == 1 || !digits.hasPrefix("0") else { return nil }
    return Int(text)
  }

  /// Bytes: a whole number, or one with the suffix k, m, g or t (1024, 1024², ...), in either case.
  static func size(_ text: some StringProtocol) -> Int? {
    scaled(text, ["k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40])
  }

  /// Things: a whole number, or one with the suffix k or m (1000, 1000²), in either case.
  static func count(_ text: some StringProtocol) -> Int? { scaled(text, ["k": 1000, "m": 1_000_000]) }

  /// Seconds: a whole number, or one with the suffix s, m, h or d.
  static func duration(_ text: some StringProtocol) -> Int? {
    scaled(text, ["s": 1, "m": 60, "h": 3600, "d": 86400])
  }

  /// Milliseconds: a whole number of seconds, or a number with the suffix ms, s, m, h or d.
  static func milliseconds(_ text: some StringProtocol) -> Int? {
    if text.lowercased().hasSuffix("ms") { return integer(text.dropLast(2)) }
    guard let seconds = duration(text) else { return nil }
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    return overflow ? nil : product
  }

  /// Milliseconds as `milliseconds` reads them, in the largest unit that is exact: `30s`, `1500ms`.
  static func writtenDuration(_ count: Int) -> String {
    for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
    where count >= size && count % size == 0 {
      return "\(count / size)\(unit)"
    }
    return "\(count)ms"
  }

  /// Permission bits in octal, as chmod takes them: `700`, `0700`, `0o700`.
  static func mode(_ text: some StringProtocol) -> UInt32? {
    let digits = text.hasPrefix("0o") ? text.dropFirst(2) : text[...]
    guard isDecimal(digits), let mode = UInt32(digits, radix: 8), mode <= 0o777 else { return nil }
    return mode
  }

  private static func scaled(_ text: some StringProtocol, _ units: [String: Int]) -> Int? {
    if let plain = integer(text) { return plain }
    guard let last = text.last, let unit = units[last.lowercased()], let number = integer(text.dropLast())
    else {
      return nil
    }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    return overflow ? nil : product
  }

  private static func isDecimal(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }

  /// `64 MiB`, `1536 KiB`, `100 bytes`: the largest unit that is exact.
  static func bytes(_ count: Int) -> String {
    for (unit, shift) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]
    where count >= 1 << shift && count % (1 << shift) == 0 {
      return "\(count >> shift) \(unit)"
    }
    return "\(count) bytes"
  }

  /// The same as `size` reads it, in MiB or smaller units: `64m`, `1536k`.
  static func written(_ count: Int) -> String {
    if count % (1 << 20) == 0 { return "\(count >> 20)m" }
    return count % (1 << 10) == 0 ? "\(count >> 10)k" : "\(count)"
  }
}

/// A text from outside, made fit for one line of an error: in quotes, control characters escaped, cut at 60
/// characters.
package func quoted(_ text: String) -> String {
  let scalars = text.unicodeScalars.prefix(60).map { scalar in
    scalar.properties.generalCategory == .control ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
  }
  return "\"\(scalars.joined())\(text.unicodeScalars.count > 60 ? "..." : "")\""
}
