/// Asks a primary for its stream.
public struct FollowRequest: Sendable {
  /// Number of the sender's view.
  public var view: UInt64
  /// Names the sender's data.
  public var incarnation: UInt64
  /// Marks the stream that will come of it, so that leftovers of earlier ones are told apart.
  public var stream: UInt64
  /// How far it has the receiver's records; nil if it never followed the receiver with these data, or, of a ready node, if
  /// it needs everything again.
  public var position: StreamPosition?
  /// The sender is ready and needs everything again.
  public var isRefresh: Bool
  /// Former primaries and how far it had their records: a new primary has to have the same.
  public var lost: [LostSource]
}
