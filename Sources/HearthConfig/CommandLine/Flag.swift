/// One option of the command line and what it does to the draft. The letters and long names are memcached's.
struct Flag: Sendable {
  enum Value: Int32, Sendable {
    case none = 0
    case required = 1
    /// Only in the long form, as in `--verbose=1`.
    case optional = 2
  }
  typealias Effect = @Sendable (GivenFlag, inout Draft) throws(ConfigurationError) -> Void

  /// ASCII; an option without a short form has a code above 255.
  let code: Int32
  /// nil: there is only the short form.
  let long: StaticString?
  let value: Value
  let apply: Effect

  init(_ letter: Unicode.Scalar, _ long: StaticString?, _ value: Value = .none, _ apply: @escaping Effect) {
    self.code = Int32(letter.value)
    self.long = long
    self.value = value
    self.apply = apply
  }

  /// The name in error lines: `-m`, or `--config` without a short form.
  var name: String { code < 256 ? "-\(Character(UnicodeScalar(UInt8(code))))" : "--\(longName ?? "")" }

  var longName: String? { long.map { "\($0)" } }
}

/// A flag as it was given, with its value ("" without one).
struct GivenFlag: Sendable {
  let flag: Flag
  let value: String

  var origin: Origin { .flag(flag.name) }
  var located: Located<String> { Located(value, origin) }

  func integer(_ range: ClosedRange<Int>, unit: String = "") throws(ConfigurationError) -> Located<Int> {
    guard let number = Quantity.integer(value) else {
      throw origin.error(
        "\(quoted(value)) is not a whole number\(unit.isEmpty ? "" : " of \(unit)")",
        "give \(range.lowerBound) to \(range.upperBound)")
    }
    guard range.contains(number) else {
      throw origin.error("\(number) is out of range", "give \(range.lowerBound) to \(range.upperBound)")
    }
    return Located(number, origin)
  }
}
