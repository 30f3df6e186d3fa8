/// Rules and bounds of a mutex table. All may change while it works.
public struct MutexOptions: Equatable, Sendable {
  /// What happens to waiters.
  public var mode: MutexMode
  /// How long a peer may own a key, milliseconds.
  public var timeOut: UInt64
  /// Most peers that own or wait; further ones are refused.
  public var maximumPeers: Int
  /// Most waiters for one key; further ones are refused.
  public var maximumWaiters: Int

  /// As the original daemon, with bounds.
  public init(
    mode: MutexMode = .tell, timeOut: UInt64 = 30_000, maximumPeers: Int = 65_536,
    maximumWaiters: Int = 65_536
  ) {
    self.mode = mode
    self.timeOut = timeOut
    self.maximumPeers = maximumPeers
    self.maximumWaiters = maximumWaiters
  }
}
