import ArgumentParser

/// A length of time on the command line, written as in hearthd's configuration: seconds, or a number with ms, s,
/// m, h or d.
struct TimeLength: Equatable, Sendable {
  let nanoseconds: UInt64

  var milliseconds: Double { Double(nanoseconds) / 1e6 }
  var seconds: Double { Double(nanoseconds) / 1e9 }

  static func milliseconds(_ count: UInt64) -> TimeLength { TimeLength(nanoseconds: count * 1_000_000) }
  static func seconds(_ count: UInt64) -> TimeLength { TimeLength(nanoseconds: count * 1_000_000_000) }
}

extension TimeLength: ExpressibleByArgument {
  private static let units: [(suffix: String, nanoseconds: UInt64)] = [
    ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000), ("", 1_000_000_000),
  ]

  init?(argument: String) {
    guard let unit = Self.units.first(where: { argument.hasSuffix($0.suffix) }) else { return nil }
    let digits = argument.dropLast(unit.suffix.count)
    guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let count = UInt64(digits) else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: unit.nanoseconds)
    if overflow { return nil }
    nanoseconds = product
  }

  var defaultValueDescription: String { description }
}

extension TimeLength: CustomStringConvertible {
  /// In the largest unit below minutes that needs no fraction.
  var description: String {
    nanoseconds % 1_000_000_000 == 0 ? "\(nanoseconds / 1_000_000_000)s" : "\(nanoseconds / 1_000_000)ms"
  }
}
