/// Quantities as people read them.
enum Format {
  /// `512 B`, `1.5 MiB`: one decimal, rounded down.
  static func bytes(_ count: UInt64) -> String {
    for (unit, shift) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)] where count >> shift > 0 {
      let tenths = ((count >> (shift - 10)) * 10) >> 10
      return "\(tenths / 10).\(tenths % 10) \(unit)"
    }
    return "\(count) B"
  }

  /// `42 s`, `3 min 2 s`, `5 h 0 min`, `2 d 4 h`: the two largest units.
  static func duration(seconds: UInt64) -> String {
    switch seconds {
    case ..<60: "\(seconds) s"
    case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
    case ..<86400: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    default: "\(seconds / 86400) d \(seconds % 86400 / 3600) h"
    }
  }

  /// Milliseconds below ten seconds, then as `duration`.
  static func hold(milliseconds: UInt64) -> String {
    milliseconds < 10_000 ? "\(milliseconds) ms" : duration(seconds: milliseconds / 1000)
  }

  /// A text from outside, fit for a terminal: control characters become question marks.
  static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
  }
}
