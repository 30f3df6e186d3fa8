/// What is known of a condition: the range of SQL's truth values that it may have. FALSE is 0, UNKNOWN 1, TRUE 2; a
/// column that the image does not have may be anything.
struct Truth: Hashable {
  var low: UInt8
  var high: UInt8

  static let no = Truth(low: 0, high: 0)
  static let unknown = Truth(low: 1, high: 1)
  static let yes = Truth(low: 2, high: 2)
  static let untold = Truth(low: 0, high: 2)

  @inline(__always)
  init(low: UInt8, high: UInt8) {
    self.low = low
    self.high = high
  }

  @inline(__always)
  init(_ value: Bool) { self = value ? .yes : .no }

  @inline(__always)
  func and(_ other: Truth) -> Truth { Truth(low: min(low, other.low), high: min(high, other.high)) }

  @inline(__always)
  func or(_ other: Truth) -> Truth { Truth(low: max(low, other.low), high: max(high, other.high)) }

  var negated: Truth {
    @inline(__always) get { Truth(low: 2 - high, high: 2 - low) }
  }
}
