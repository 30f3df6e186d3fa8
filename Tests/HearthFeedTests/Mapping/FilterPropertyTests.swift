import Foundation
import HearthConfig
import Testing

@testable import HearthFeed

/// Random conditions on random rows, compared with a slow evaluator that knows nothing of the fast one: it takes values
/// apart with Foundation and follows SQL's truth tables.
struct FilterPropertyTests {
  private struct Model {
    static let shape = columns("i:integer d:decimal t:text r:double day:date")
    var cells: [String?]

    static func random() -> Model {
      func maybe(_ text: String) -> String? { Int.random(in: 0..<5) == 0 ? nil : text }
      return Model(cells: [
        maybe(integer()), maybe(decimal()), maybe(word()), maybe(real()), maybe(date()),
      ])
    }

    static func integer() -> String { "\(Int.random(in: -3...3))" }
    static func decimal() -> String {
      ["-1.50", "0.00", "0.05", "1.50", "2.00", "10.00", "-0.05"].randomElement()!
    }
    static func word() -> String {
      (0..<Int.random(in: 0...4)).map { _ in ["a", "b", "é", "%", "_"].randomElement()! }.joined()
    }
    static func real() -> String { ["-0.5", "0", "0.25", "2", "1e+16"].randomElement()! }
    static func date() -> String { "20\(Int.random(in: 20...22))-0\(Int.random(in: 1...3))-01" }

    /// nil: unknown.
    func evaluate(_ condition: RowCondition) -> Bool? {
      switch condition {
      case .all(let parts):
        let truths = parts.map(evaluate)
        return truths.contains(false) ? false : truths.contains(nil) ? nil : true
      case .any(let parts):
        let truths = parts.map(evaluate)
        return truths.contains(true) ? true : truths.contains(nil) ? nil : false
      case .not(let part): return evaluate(part).map { !$0 }
      case .null(let column): return value(column) == nil
      case .comparison(let column, let comparison, let literal):
        return value(column).map { holds(comparison, order(column, $0, literal)) }
      case .member(let column, let literals):
        return value(column).map { value in literals.contains { order(column, value, $0) == 0 } }
      case .between(let column, let low, let high):
        return value(column).map { order(column, $0, low) >= 0 && order(column, $0, high) <= 0 }
      case .like(let column, let pattern):
        return value(column).map { like(Array($0.unicodeScalars)[...], pattern.pieces[...]) }
      }
    }

    private func value(_ column: String) -> String? { cells[Self.shape.firstIndex { $0.name == column }!] }

    private func order(_ column: String, _ value: String, _ literal: RowLiteral) -> Int {
      func sign<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a > b ? 1 : 0 }
      switch literal {
      case .text(let text): return bytewise(value, text)
      case .number(let text):
        if column == "r" { return sign(Double(value)!, Double(text)!) }
        return sign(Foundation.Decimal(string: value)!, Foundation.Decimal(string: text)!)
      }
    }

    private func bytewise(_ a: String, _ b: String) -> Int {
      let (a, b) = (Array(a.utf8), Array(b.utf8))
      return a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
    }

    private func holds(_ comparison: RowCondition.Comparison, _ order: Int) -> Bool {
      switch comparison {
      case .equal: order == 0
      case .notEqual: order != 0
      case .less: order < 0
      case .lessOrEqual: order <= 0
      case .greater: order > 0
      case .greaterOrEqual: order >= 0
      }
    }

    private func like(_ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<LikePattern.Piece>) -> Bool {
      switch pattern.first {
      case nil: return text.isEmpty
      case .one: return !text.isEmpty && like(text.dropFirst(), pattern.dropFirst())
      case .many: return (0...text.count).contains { like(text.dropFirst($0), pattern.dropFirst()) }
      case .bytes(let bytes):
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        return text.starts(with: scalars) && like(text.dropFirst(scalars.count), pattern.dropFirst())
      }
    }
  }

  private func text(depth: Int) -> String {
    switch Int.random(in: 0..<(depth > 3 ? 5 : 9)) {
    case 5: return "(\(text(depth: depth + 1))) and (\(text(depth: depth + 1)))"
    case 6: return "(\(text(depth: depth + 1))) or (\(text(depth: depth + 1))) or \(text(depth: depth + 1))"
    case 7: return "not \(text(depth: depth + 1))"
    case 8: return "\(text(depth: depth + 1)) and \(text(depth: depth + 1)) or \(text(depth: depth + 1))"
    default: return leaf()
    }
  }

  private func leaf() -> String {
    let column = ["i", "d", "t", "r", "day"].randomElement()!
    func literal() -> String {
      switch column {
      case "i": Bool.random() ? Model.integer() : Model.decimal()
      case "d": Bool.random() ? Model.decimal() : "\(Model.integer()).0"
      case "t": "'\(Model.word())'"
      case "r": ["-0.5", "0.0", "0.25", "2", "10000000000000000"].randomElement()!
      default: "'\(Model.date())'"
      }
    }
    let not = Bool.random() ? "not " : ""
    switch Int.random(in: 0..<6) {
    case 0: return "\(column) is \(not)null"
    case 1: return "\(column) \(not)in (\(literal()), \(literal()))"
    case 2: return "\(column) \(not)between \(literal()) and \(literal())"
    case 3: return "t \(not)like '\(Model.word())'"
    case 4: return "\(literal()) \(["=", "<>", "<", "<=", ">", ">="].randomElement()!) \(column)"
    default: return "\(column) \(["=", "!=", "<", "<=", ">", ">="].randomElement()!) \(literal())"
    }
  }

  @Test
  func `random conditions agree with a slow evaluator`() throws {
    let names = ColumnNames(table: "d.t", columns: Model.shape)
    var seen: [Truth: Int] = [:]
    for _ in 0..<4000 {
      let source = text(depth: 0)
      let condition = try RowCondition(source)
      let filter = try RowFilterBuilder.filter(condition, names)
      for _ in 0..<5 {
        let model = Model.random()
        let truth = filter.evaluate(row(model.cells.map { $0.map { Cell($0) } ?? .null }))
        let expected: Truth = model.evaluate(condition).map { Truth($0) } ?? .unknown
        #expect(truth == expected, "\(source) with \(model.cells)")
        seen[truth, default: 0] += 1
      }
    }
    #expect(seen.count == 3)
  }

  @Test
  func `what is said of an incomplete row holds for every way to complete it`() throws {
    let names = ColumnNames(table: "d.t", columns: Model.shape)
    var definite = 0
    for _ in 0..<2000 {
      let source = text(depth: 0)
      let condition = try RowCondition(source)
      let filter = try RowFilterBuilder.filter(condition, names)
      let model = Model.random()
      let hidden = (0..<5).map { _ in Bool.random() }
      let truth = filter.evaluate(
        row(zip(model.cells, hidden).map { $1 ? .absent : $0.map { Cell($0) } ?? .null }))
      for _ in 0..<10 {
        var completed = Model.random()
        for i in 0..<5 where !hidden[i] { completed.cells[i] = model.cells[i] }
        let value: UInt8 = completed.evaluate(condition).map { $0 ? 2 : 0 } ?? 1
        #expect(truth.low <= value && value <= truth.high, "\(source) with \(completed.cells)")
      }
      if truth.low == truth.high { definite += 1 }
    }
    #expect(definite > 100)
  }
}
