/// A word of a condition, and where it stands.
struct ConditionToken: Equatable {
  enum Kind: Equatable {
    /// A keyword or a column's name.
    case word(String)
    /// A name in backticks.
    case name(String)
    case number(String)
    case text(String)
    case comparison(RowCondition.Comparison)
    case open, close, comma, end
  }

  var kind: Kind
  /// Characters before it.
  var offset: Int
  /// As written, for messages.
  var written: String

  /// The keyword, in lower case; nil for everything else.
  var keyword: String? {
    guard case .word(let word) = kind else { return nil }
    let lower = word.lowercased()
    return Self.keywords.contains(lower) ? lower : nil
  }

  private static let keywords: Set<String> = [
    "and", "or", "not", "in", "is", "null", "like", "between", "true", "false", "xor", "regexp", "rlike",
  ]
}
