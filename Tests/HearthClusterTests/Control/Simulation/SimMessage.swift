@testable import HearthCluster

/// What travels over a link.
enum SimMessage {
  case control(ControlMessage)
  /// A record, or only its sequence for a peer that does not own the key.
  case record(stream: UInt64, SimRecord, isOwner: Bool)
  case item(stream: UInt64, key: Int, SimItem)
  case snapshotEnd(stream: UInt64, sequence: UInt64)
  case acknowledgement(stream: UInt64, sequence: UInt64)
  case forward(operation: Int, view: UInt64)
  /// A value read, or an acknowledgement, for the node that forwarded it.
  case answer(operation: Int, SimItem?)
  /// The link was closed by the other end.
  case end
}
