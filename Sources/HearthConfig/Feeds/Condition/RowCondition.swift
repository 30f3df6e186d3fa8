/// The `where` of a table: what a row has to satisfy, with SQL's three truth values.
public indirect enum RowCondition: Sendable, Equatable {
  /// All of them; at least two.
  case all([RowCondition])
  /// Any of them; at least two.
  case any([RowCondition])
  /// The opposite; unknown stays unknown.
  case not(RowCondition)
  /// A column and a constant.
  case comparison(column: String, Comparison, RowLiteral)
  /// `IN (...)`: at least one constant.
  case member(column: String, [RowLiteral])
  /// `BETWEEN`, both ends included.
  case between(column: String, RowLiteral, RowLiteral)
  /// `LIKE`.
  case like(column: String, LikePattern)
  /// `IS NULL`.
  case null(column: String)

  /// What is compared how.
  public enum Comparison: String, Sendable, CaseIterable {
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  /// Characters of a condition.
  public static let lengthLimit = 8192
  /// Parentheses and NOTs within each other.
  public static let depthLimit = 32
  /// Constants of one IN.
  public static let memberLimit = 1000

  /// The columns that it looks at, each once.
  public var columns: [String] {
    var seen: [String] = []
    collect(&seen)
    return seen
  }

  private func collect(_ seen: inout [String]) {
    switch self {
    case .all(let parts), .any(let parts):
      for part in parts { part.collect(&seen) }
    case .not(let part): part.collect(&seen)
    case .comparison(let column, _, _), .member(let column, _), .between(let column, _, _),
      .like(let column, _),
      .null(let column):
      if !seen.contains(column) { seen.append(column) }
    }
  }
}

extension RowCondition.Comparison {
  /// With its sides exchanged.
  var mirrored: Self {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}
