/// What the replies said. `operations` counts keys, so a multiget of 50 keys is 50 operations.
struct ReplyCounts: Equatable, Sendable {
  var operations: UInt64 = 0
  var hits: UInt64 = 0
  var misses: UInt64 = 0
  /// `ERROR`, `CLIENT_ERROR` and `SERVER_ERROR` lines; the connection stays in step.
  var refused: UInt64 = 0
  /// Replies with a wrong byte; the connection is given up.
  var wrong: UInt64 = 0
  /// Connections that the server closed or that failed.
  var closed: UInt64 = 0
  /// Requests without an answer in time (lost datagrams, stalled connections).
  var unanswered: UInt64 = 0

  var errors: UInt64 { refused + wrong + closed + unanswered }

  static func + (a: Self, b: Self) -> Self {
    Self(
      operations: a.operations + b.operations, hits: a.hits + b.hits, misses: a.misses + b.misses,
      refused: a.refused + b.refused, wrong: a.wrong + b.wrong, closed: a.closed + b.closed,
      unanswered: a.unanswered + b.unanswered)
  }

  static func - (a: Self, b: Self) -> Self {
    Self(
      operations: a.operations - b.operations, hits: a.hits - b.hits, misses: a.misses - b.misses,
      refused: a.refused - b.refused, wrong: a.wrong - b.wrong, closed: a.closed - b.closed,
      unanswered: a.unanswered - b.unanswered)
  }
}
