/// Reads the `where` of a table: comparisons of columns with constants, IN, BETWEEN, LIKE, IS NULL, AND, OR, NOT and
/// parentheses, with SQL's precedence (MySQL manual, "Operator Precedence").
struct ConditionParser {
  private let tokens: [ConditionToken]
  private var i = 0
  private var depth = 0

  private init(_ tokens: [ConditionToken]) { self.tokens = tokens }

  static func parse(_ text: String) throws(SyntaxProblem) -> RowCondition {
    var parser = ConditionParser(try ConditionLexer.tokens(of: text))
    guard parser.token.kind != .end else {
      throw SyntaxProblem(at: 0, "the condition is empty", "write it as in active = 1, or remove the key")
    }
    let condition = try parser.disjunction()
    guard parser.token.kind == .end else {
      throw parser.unexpected("AND, OR or the end", "join comparisons with and, or or")
    }
    return condition
  }

  private var token: ConditionToken { tokens[i] }

  private mutating func take(keyword: String) -> Bool {
    guard token.keyword == keyword else { return false }
    i += 1
    return true
  }

  private func unexpected(_ expected: String, _ remedy: String) -> SyntaxProblem {
    let found = token.kind == .end ? "the end" : quoted(token.written)
    return SyntaxProblem(at: token.offset, "\(expected) was expected, not \(found)", remedy)
  }

  private mutating func enter() throws(SyntaxProblem) {
    depth += 1
    guard depth <= RowCondition.depthLimit else {
      throw SyntaxProblem(
        at: token.offset, "it is nested more than \(RowCondition.depthLimit) deep", "write it flatter")
    }
  }

  private mutating func disjunction() throws(SyntaxProblem) -> RowCondition {
    var parts = [try conjunction()]
    while take(keyword: "or") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func conjunction() throws(SyntaxProblem) -> RowCondition {
    var parts = [try negation()]
    while take(keyword: "and") { parts.append(try negation()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func negation() throws(SyntaxProblem) -> RowCondition {
    guard take(keyword: "not") else { return try primary() }
    try enter()
    defer { depth -= 1 }
    return .not(try negation())
  }

  private mutating func primary() throws(SyntaxProblem) -> RowCondition {
    if token.kind == .open {
      try enter()
      defer { depth -= 1 }
      i += 1
      let condition = try disjunction()
      guard token.kind == .close else { throw unexpected("a )", "close each parenthesis") }
      i += 1
      return condition
    }
    switch token.kind {
    case .number, .text: return try mirrored()
    default: break
    }
    if token.keyword == "true" || token.keyword == "false" { return try mirrored() }
    return try predicate(try column())
  }

  /// `1 = active`.
  private mutating func mirrored() throws(SyntaxProblem) -> RowCondition {
    let constant = try literal()
    guard case .comparison(let comparison) = token.kind else {
      throw unexpected("a comparison", "write it as in active = 1")
    }
    i += 1
    return .comparison(column: try column(), comparison.mirrored, constant)
  }

  private mutating func column() throws(SyntaxProblem) -> String {
    switch token.kind {
    case .name(let name):
      i += 1
      return name
    case .word(let word) where token.keyword == nil:
      i += 1
      if token.kind == .open {
        throw SyntaxProblem(
          at: tokens[i - 1].offset, "functions such as \(quoted(word)) are not computed here",
          "compare columns with constants")
      }
      return word
    default:
      throw unexpected("a column", "write it as in active = 1; put a column named as a keyword in backticks")
    }
  }

  private mutating func predicate(_ column: String) throws(SyntaxProblem) -> RowCondition {
    if case .comparison(let comparison) = token.kind {
      i += 1
      return .comparison(column: column, comparison, try literal())
    }
    if take(keyword: "is") {
      let isNegated = take(keyword: "not")
      guard take(keyword: "null") else { throw unexpected("NULL", "write is null or is not null") }
      return isNegated ? .not(.null(column: column)) : .null(column: column)
    }
    let isNegated = take(keyword: "not")
    let condition: RowCondition
    if take(keyword: "in") {
      condition = .member(column: column, try members())
    } else if take(keyword: "like") {
      guard case .text(let pattern) = token.kind else { throw unexpected("a text", "write like 'a%'") }
      i += 1
      condition = .like(column: column, LikePattern(pattern))
    } else if take(keyword: "between") {
      let low = try literal()
      guard take(keyword: "and") else { throw unexpected("AND", "write between 1 and 9") }
      condition = .between(column: column, low, try literal())
    } else {
      throw unexpected("a comparison", "write it as in active = 1")
    }
    return isNegated ? .not(condition) : condition
  }

  private mutating func members() throws(SyntaxProblem) -> [RowLiteral] {
    guard token.kind == .open else { throw unexpected("a (", "write in (1, 2)") }
    i += 1
    var members: [RowLiteral] = []
    while true {
      members.append(try literal())
      guard members.count <= RowCondition.memberLimit else {
        throw SyntaxProblem(
          at: token.offset, "there are more than \(RowCondition.memberLimit) constants", "use a comparison")
      }
      switch token.kind {
      case .comma: i += 1
      case .close:
        i += 1
        return members
      default: throw unexpected("a comma or a )", "write in (1, 2)")
      }
    }
  }

  private mutating func literal() throws(SyntaxProblem) -> RowLiteral {
    switch token.kind {
    case .number(let text):
      i += 1
      return .number(text)
    case .text(let text):
      i += 1
      return .text(text)
    default: break
    }
    if take(keyword: "true") { return .number("1") }
    if take(keyword: "false") { return .number("0") }
    if token.keyword == "null" {
      throw SyntaxProblem(at: token.offset, "nothing compares with NULL", "write is null or is not null")
    }
    throw unexpected("a constant", "compare with a number or a text in quotes, as in 42 or 'abc'")
  }
}

extension RowCondition {
  /// Reads a condition.
  public init(_ text: String) throws(SyntaxProblem) { self = try ConditionParser.parse(text) }
}
