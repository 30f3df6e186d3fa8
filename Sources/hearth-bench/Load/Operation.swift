import ArgumentParser

/// What a request asks for.
enum Operation: UInt8, CaseIterable, ExpressibleByArgument, Sendable {
  case get, gets, gat, mg
  case set, add, replace, ms
  case touch, incr, decr, delete, md, ma, mn

  init?(argument: String) {
    guard let operation = Operation.allCases.first(where: { "\($0)" == argument }) else { return nil }
    self = operation
  }

  static var allValueStrings: [String] { allCases.map { "\($0)" } }

  /// Answers with `VALUE` blocks and `END`.
  var isClassicRead: Bool { self == .get || self == .gets || self == .gat }

  /// Carries a data block.
  var isWrite: Bool { self == .set || self == .add || self == .replace || self == .ms }

  /// Needs numbers as values.
  var isArithmetic: Bool { self == .incr || self == .decr || self == .ma }

  /// The write that is mixed with this operation by `--ratio`.
  var matchingWrite: Operation { self == .mg || self == .md || self == .ma ? .ms : .set }
}
