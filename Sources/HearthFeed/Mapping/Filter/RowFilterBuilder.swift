import HearthConfig

/// Compiles a condition against the columns of a table.
struct RowFilterBuilder {
  private(set) var nodes: [RowFilter.Node] = []
  private(set) var children: [Int] = []
  private(set) var constants: [RowFilter.Constant] = []
  private(set) var texts: [UInt8] = []
  private(set) var patterns: [LikeMatcher] = []
  private(set) var columns: [Int] = []

  private let names: ColumnNames

  static func filter(_ condition: RowCondition, _ names: ColumnNames) throws(MappingError) -> RowFilter {
    var builder = RowFilterBuilder(names: names)
    _ = try builder.add(condition)
    return RowFilter(builder)
  }

  private init(names: ColumnNames) { self.names = names }

  private mutating func add(_ condition: RowCondition) throws(MappingError) -> Int {
    let index = nodes.count
    nodes.append(RowFilter.Node(operation: .all))
    nodes[index] = try node(condition)
    return index
  }

  private mutating func node(_ condition: RowCondition) throws(MappingError) -> RowFilter.Node {
    switch condition {
    case .all(let parts): return try parent(.all, parts)
    case .any(let parts): return try parent(.any, parts)
    case .not(let part): return try parent(.not, [part])
    case .null(let column): return RowFilter.Node(operation: .null, column: try use(column))
    case .comparison(let column, let comparison, let literal):
      return try leaf(.compare(comparison), column, [literal])
    case .member(let column, let literals): return try leaf(.member, column, literals)
    case .between(let column, let low, let high): return try leaf(.between, column, [low, high])
    case .like(let column, let pattern):
      let index = try use(column)
      let kind = names.columns[index].kind
      guard kind != .json, kind != .geometry else { throw incomparable(index) }
      patterns.append(LikeMatcher(pattern, isText: !kind.isBinary))
      return RowFilter.Node(operation: .like, column: index, first: patterns.count - 1, count: 1)
    }
  }

  private mutating func parent(
    _ operation: RowFilter.Operator, _ parts: [RowCondition]
  ) throws(MappingError) -> RowFilter.Node {
    var indices: [Int] = []
    for part in parts { indices.append(try add(part)) }
    let first = children.count
    children += indices
    return RowFilter.Node(operation: operation, first: first, count: indices.count)
  }

  private mutating func leaf(
    _ operation: RowFilter.Operator, _ column: String, _ literals: [RowLiteral]
  ) throws(MappingError) -> RowFilter.Node {
    let index = try use(column)
    let form = try form(of: index)
    let first = constants.count
    for literal in literals { try add(literal, form, index) }
    return RowFilter.Node(
      operation: operation, column: index, form: form, first: first, count: literals.count)
  }

  private mutating func use(_ name: String) throws(MappingError) -> Int {
    let index = try names.index(of: name, in: "where")
    if !columns.contains(index) { columns.append(index) }
    return index
  }

  private func form(of column: Int) throws(MappingError) -> RowFilter.Form {
    switch names.columns[column].kind {
    case .integer, .decimal, .bit, .year: return .decimal
    case .float: return .float
    case .double: return .double
    case .date, .datetime, .timestamp: return .date
    case .time: return .time
    case .text, .enumeration, .set, .bytes, .uuid, .inet: return .bytes
    case .json, .geometry: throw incomparable(column)
    }
  }

  private func incomparable(_ column: Int) -> MappingError {
    names.error(
      "where", "the column \(quoted(names.columns[column].name)) has values that do not compare",
      "ask for is null or is not null only")
  }

  private mutating func add(_ literal: RowLiteral, _ form: RowFilter.Form, _ column: Int) throws(MappingError)
  {
    var constant = RowFilter.Constant()
    let bytes: [UInt8]
    switch literal {
    case .number(let text): bytes = Array(text.utf8)
    case .text(let text):
      // The server shows them in lower case.
      bytes = Array((names.columns[column].kind == .uuid ? text.lowercased() : text).utf8)
    }
    constant.start = texts.count
    constant.count = bytes.count
    let fits: Bool = bytes.withUnsafeBytes { bytes in
      switch form {
      case .decimal:
        constant.decimal = DecimalDigits(bytes)
        return constant.decimal != nil
      case .float, .double:
        guard DecimalDigits(bytes) != nil, let real = RowFilter.real(bytes, isFloat: false) else {
          return false
        }
        constant.real = real
        return true
      case .date, .time:
        guard case .text = literal, let moment = form == .date ? Moment.date(bytes) : Moment.time(bytes)
        else {
          return false
        }
        constant.moment = moment
        return true
      case .bytes:
        if case .text = literal { return true }
        return false
      }
    }
    guard fits else {
      let example =
        switch form {
        case .decimal, .float, .double: "a number, as in 42"
        case .date: "a date or a date and time, as in '2026-01-31' or '2026-01-31 12:00:00'"
        case .time: "a time, as in '12:00:00'"
        case .bytes: "a text in quotes, as in 'abc'"
        }
      throw names.error(
        "where", "the column \(quoted(names.columns[column].name)) does not compare with \(literal)",
        "give \(example)")
    }
    texts += bytes
    constants.append(constant)
  }
}
