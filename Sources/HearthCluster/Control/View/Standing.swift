/// What a view says of one node.
public struct Standing: Hashable, Sendable {
  /// Names the data that makes the node ready, 0 if it is not ready. A node whose memory was lost or discarded has another, higher
  /// incarnation and is not ready, whatever the view says.
  public var incarnation: UInt64 = 0
  /// Number of the view in which it became ready; where it is not, of the one in which what it may hold was given up, 0: it was not.
  public var since: UInt64 = 0
  /// Number of the view in which it last became primary of keys, 0 if it is primary of none since it got ready. The low
  /// 24 bits are the epoch of its records.
  public var epoch: UInt64 = 0

  /// Not ready.
  public init() {}

  /// Does the view count on it?
  public var isReady: Bool { incarnation != 0 }

  /// Is it not ready, and is nobody to wait for keys of which it has the only copy?
  public var isGivenUp: Bool { incarnation == 0 && since != 0 }
}
