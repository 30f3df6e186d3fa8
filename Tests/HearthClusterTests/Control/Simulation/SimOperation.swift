/// What a client asked for and got. Times are the simulation's.
struct SimOperation {
  enum Kind {
    case read
    case write
    case delete
  }

  var kind: Kind
  var key: Int
  var node: Int
  var began: Int
  /// When it was answered with success.
  var ended: Int?
  /// Order that the primary gave it: epoch and sequence.
  var order: UInt64 = 0
  var primary: Int?
}
