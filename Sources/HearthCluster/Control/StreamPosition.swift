/// How far a node has a primary's records.
public struct StreamPosition: Hashable, Sendable {
  /// Names the primary's data.
  public var incarnation: UInt64
  /// The reign of the primary in which it was last accepted as follower; 0 for none.
  public var epoch: UInt64
  /// All records up to this one are there, but for those of keys the follower does not own.
  public var sequence: UInt64
}
