/// What a connection remembers of the leases it was given, over all tables. It may take the connection for a
/// holder longer than it is one (until the longest lease it was given ends), never shorter. Owned by the
/// connection.
public struct ReaderLeases: Sendable {
  private var held: UInt32 = 0
  private var until: UInt64 = 0

  /// None.
  @inlinable
  public init() { self.init(held: 0, until: 0) }

  @usableFromInline
  init(held: UInt32, until: UInt64) {
    self.held = held
    self.until = until
  }

  /// A lease was given: by the answer to a read, or an action.
  public mutating func gave(until end: UInt64, now: UInt64) {
    if now >= until { held = 0 }
    held += 1
    until = max(until, end)
  }

  /// A write of the connection ended its own lease.
  public mutating func ended() { if held > 0 { held -= 1 } }

  /// The connection holds a lease, for all it knows.
  public func holds(now: UInt64) -> Bool { held > 0 && now < until }
}
