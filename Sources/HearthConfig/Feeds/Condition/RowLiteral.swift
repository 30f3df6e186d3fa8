/// A constant in a condition.
public enum RowLiteral: Sendable, Equatable {
  /// An integer or a decimal as written: `-12.50`. TRUE is 1, FALSE is 0.
  case number(String)
  /// A text without its quotes.
  case text(String)
}

extension RowLiteral: CustomStringConvertible {
  /// As it can be written in a condition.
  public var description: String {
    switch self {
    case .number(let text): text
    case .text(let text): "'\(text.map { $0 == "'" ? "''" : String($0) }.joined())'"
    }
  }
}
