/// Where the streams to and from one peer are.
public struct PeerProgress: Sendable {
  /// The peer has all of this node's records up to here. Starts where the stream does.
  public var acknowledged: UInt64 = 0
  /// When the oldest record that it has not acknowledged was appended, milliseconds; nil if it has all.
  public var pendingSince: UInt64?
  /// The last sequence at the end of the walk, once the walk for the peer has ended.
  public var snapshotEnd: UInt64?
  /// This node has all of the peer's records up to here.
  public var applied: UInt64 = 0
  /// The end of the peer's snapshot is here.
  public var isSnapshotComplete = false

  /// At the beginning.
  public init() {}
}
