/// The regular message between two nodes. Times are milliseconds; those of a monotonic clock mean something to their owner only.
public struct Pulse: Sendable {
  /// Number of the sender's view.
  public var view: UInt64
  /// Names the sender's data.
  public var incarnation: UInt64
  /// When it was sent, on the sender's monotonic clock. Also a request for leases that count from here.
  public var sentAt: UInt64
  /// The time by which items of copies expire at the sender, milliseconds.
  public var wall: Int64
  /// `sentAt` of the receiver's last pulse, if there was one on this link.
  public var echo: UInt64?
  /// How long the sender had that one when it sent this.
  public var held: UInt64
  /// Lease from `echo` on for keys whose primary the receiver is; 0 for none.
  public var leaseForPrimary: UInt64
  /// Lease from `echo` on for keys whose primary the sender is; 0 for none.
  public var leaseForReplica: UInt64
  /// Does the receiver get the sender's stream?
  public var isFeeding: Bool
  /// Does the sender take the receiver's stream?
  public var isFollowing: Bool
  /// Does it act as primary in the reign that its view gives it?
  public var hasBegun: Bool
  /// Does it follow all primaries in their present reigns, and lack nothing that it has to have?
  public var isSettled: Bool
  /// Does it hold keys only that it owns?
  public var isClean: Bool
  /// Digest of the map that its configuration wants.
  public var wanted: UInt64
}
