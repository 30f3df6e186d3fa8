@testable import HearthCluster

/// A write in a log.
struct SimRecord {
  var sequence: UInt64
  var epoch: UInt64
  var key: Int
  /// Number of the client's operation that wrote it.
  var operation: Int
  var isDelete: Bool
  /// Who had to have it when it was written.
  var owners: NodeSet
  /// When it was appended, on the primary's clock.
  var at: UInt64
}
