import HearthConfig

/// A condition compiled for a table. Numbers compare as exact decimals, of FLOAT and DOUBLE columns as doubles; dates
/// and times as such, TIMESTAMPs in UTC; everything else byte by byte, so `=` tells `a` from `A` whatever the collation
/// says. So the server must not be asked to apply the condition itself: it would leave other rows out.
/// Evaluating allocates nothing.
final class RowFilter: Sendable {
  /// How a column compares with a constant.
  enum Form: Sendable {
    case decimal, float, double, date, time, bytes
  }

  enum Operator: Sendable {
    case all, any, not, null
    case compare(RowCondition.Comparison)
    case member, between
    case like
  }

  struct Node: Sendable {
    var operation: Operator
    /// Of the table.
    var column = 0
    var form = Form.bytes
    /// Children in `children`, constants in `constants`, or the pattern in `patterns`.
    var first = 0
    var count = 0
  }

  /// A constant, prepared for its column.
  struct Constant: Sendable {
    /// Where it is in `texts`.
    var start = 0
    var count = 0
    var decimal: DecimalDigits?
    var real = 0.0
    var moment: Int64 = 0
  }

  /// A condition before its children.
  let nodes: [Node]
  let children: [Int]
  let constants: [Constant]
  let texts: [UInt8]
  let patterns: [LikeMatcher]
  /// The columns that it looks at.
  let columns: [Int]

  init(_ builder: RowFilterBuilder) {
    nodes = builder.nodes
    children = builder.children
    constants = builder.constants
    texts = builder.texts
    patterns = builder.patterns
    columns = builder.columns
  }

  /// What is known of the row.
  func evaluate(_ row: borrowing RowImage) -> Truth { evaluate(0, row) }

  /// Recursion is bounded by the condition's depth.
  private func evaluate(_ index: Int, _ row: borrowing RowImage) -> Truth {
    let node = nodes[index]
    switch node.operation {
    case .all:
      var truth = Truth.yes
      for k in node.first..<(node.first + node.count) {
        truth = truth.and(evaluate(children[k], row))
        if truth.high == 0 { break }
      }
      return truth
    case .any:
      var truth = Truth.no
      for k in node.first..<(node.first + node.count) {
        truth = truth.or(evaluate(children[k], row))
        if truth.low == 2 { break }
      }
      return truth
    case .not: return evaluate(children[node.first], row).negated
    default: break
    }
    let value = row[node.column]
    switch value.state {
    case .absent:
      if case .null = node.operation { return Truth(low: 0, high: 2) }
      return .untold
    case .null:
      if case .null = node.operation { return .yes }
      return .unknown
    case .value: break
    }
    switch node.operation {
    case .null: return .no
    case .like: return Truth(patterns[node.first].matches(value.bytes))
    case .compare(let comparison):
      guard let order = compare(value.bytes, node.form, node.first) else { return .unknown }
      return Truth(Self.holds(comparison, order))
    case .between:
      guard let low = compare(value.bytes, node.form, node.first),
        let high = compare(value.bytes, node.form, node.first + 1)
      else { return .unknown }
      return Truth(low >= 0 && high <= 0)
    case .member:
      for k in node.first..<(node.first + node.count) {
        guard let order = compare(value.bytes, node.form, k) else { return .unknown }
        if order == 0 { return .yes }
      }
      return .no
    case .all, .any, .not: return .unknown
    }
  }

  private static func holds(_ comparison: RowCondition.Comparison, _ order: Int) -> Bool {
    switch comparison {
    case .equal: order == 0
    case .notEqual: order != 0
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    case .greaterOrEqual: order >= 0
    }
  }
}
