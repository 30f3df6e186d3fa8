/// Transactions of MySQL servers: intervals of numbers for each server and tag.
public struct MySQLGTIDSet: Sendable, Equatable, CustomStringConvertible {
  private struct Origin: Hashable {
    let high: UInt64
    let low: UInt64
    let tag: String
  }

  /// First and last number, in order, apart from each other.
  private typealias Intervals = [ClosedRange<Int64>]
  private var intervals: [Origin: Intervals] = [:]

  /// Nothing.
  public init() {}

  /// As the server writes it, `3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:7,...`, with tags from MySQL 8.3 on; nil: this is none.
  public init?(_ text: some StringProtocol) {
    for item in text.split(separator: ",") {
      let parts = String(item.filter { !$0.isWhitespace }).split(
        separator: ":", omittingEmptySubsequences: false)
      guard parts.count > 1, let (high, low) = Self.identifier(parts[0]) else { return nil }
      var tag = ""
      for part in parts.dropFirst() {
        if part.first?.isNumber != true {
          // Names that follow belong to this tag.
          guard !part.isEmpty else { return nil }
          tag = String(part)
          continue
        }
        let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first >= 1,
          first <= last
        else { return nil }
        insert(first...last, Origin(high: high, low: low, tag: tag))
      }
    }
  }

  /// No transaction is in it.
  public var isEmpty: Bool { intervals.isEmpty }

  /// Some have a tag, which the older form of the dump command cannot name.
  public var hasTags: Bool { intervals.keys.contains { !$0.tag.isEmpty } }

  /// The transaction is in it now. Usually the next of its server: constant time.
  public mutating func insert(_ id: MySQLGTID) {
    if id.number < 1 { return }
    insert(id.number...id.number, Origin(high: id.high, low: id.low, tag: id.tag))
  }

  private mutating func insert(_ new: ClosedRange<Int64>, _ origin: Origin) {
    var list = intervals[origin] ?? []
    if let last = list.last, last.upperBound &+ 1 == new.lowerBound {
      list[list.count - 1] = last.lowerBound...new.upperBound
    } else {
      var merged = new
      list.removeAll { old in
        // Apart by a number at least.
        if old.upperBound < merged.lowerBound - 1 || merged.upperBound < old.lowerBound - 1 { return false }
        merged = min(old.lowerBound, merged.lowerBound)...max(old.upperBound, merged.upperBound)
        return true
      }
      list.insert(merged, at: list.firstIndex { $0.lowerBound > merged.lowerBound } ?? list.count)
    }
    intervals[origin] = list
  }

  /// As MySQL writes it.
  public var description: String {
    let names = intervals.map { origin, list -> String in
      let name = MySQLGTID(high: origin.high, low: origin.low, tag: origin.tag, number: 1).description
        .dropLast()
      return name
        + list.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        .joined(separator: ":")
    }
    return names.sorted().joined(separator: ",")
  }

  /// As COM_BINLOG_DUMP_GTID takes it: number of servers u64; for each its UUID, number of intervals u64, and first and behind the last
  /// number, u64 each. Only without tags.
  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    func add(_ value: UInt64) {
      for i in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * i))) }
    }
    let origins = intervals.keys.sorted { ($0.high, $0.low) < ($1.high, $1.low) }
    add(UInt64(origins.count))
    for origin in origins {
      for half in [origin.high, origin.low] {
        for i in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * i))) }
      }
      let list = intervals[origin] ?? []
      add(UInt64(list.count))
      for interval in list {
        add(UInt64(interval.lowerBound))
        add(UInt64(interval.upperBound) + 1)
      }
    }
    return bytes
  }

  private static func identifier(_ text: some StringProtocol) -> (UInt64, UInt64)? {
    let digits = String(text.filter { $0 != "-" })
    guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16),
      let low = UInt64(digits.suffix(16), radix: 16)
    else { return nil }
    return (high, low)
  }
}
