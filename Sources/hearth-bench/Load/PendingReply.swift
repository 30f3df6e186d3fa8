/// A key whose reply is still to come. A request for several keys has one entry for each.
struct PendingReply {
  enum Outcome: UInt8 {
    case none, hit, miss, refused
  }

  var key: UInt64
  var size: UInt32
  var operation: Operation
  /// The next entry belongs to the same request.
  var more: Bool
  var outcome: Outcome
}
