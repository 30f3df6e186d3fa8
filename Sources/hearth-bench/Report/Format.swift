/// Numbers as people read them, without Foundation.
enum Format {
  /// With a fixed number of decimals.
  static func decimal(_ value: Double, _ places: Int) -> String {
    guard value.isFinite else { return "-" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 9e18 else { return "\(value)" }
    let digits = String(UInt64(scaled))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    if places == 0 { return sign + digits }
    let padded = String(repeating: "0", count: max(places + 1 - digits.count, 0)) + digits
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
  }

  /// 1234567 as 1,234,567.
  static func grouped(_ value: UInt64) -> String {
    var result = ""
    for (i, digit) in String(value).reversed().enumerated() {
      if i > 0, i % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return String(result.reversed())
  }

  static func mebibytes(_ bytes: UInt64) -> String { decimal(Double(bytes) / 1_048_576, 1) }

  /// Nanoseconds as microseconds.
  static func microseconds(_ nanoseconds: UInt64) -> String { decimal(Double(nanoseconds) / 1000, 1) }
}
