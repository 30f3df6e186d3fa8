/// When a write of a pool with several copies is acknowledged.
public struct ReplicationConfiguration: Sendable, Equatable {
  /// What an acknowledgement means.
  public enum Mode: String, Sendable, CaseIterable {
    /// Every ready copy has it.
    case all
    /// The primary has it; the others get it as fast as they can, and writers wait when they fall behind.
    case async
  }

  /// What an acknowledgement means.
  public var mode = Mode.all
  /// With fewer ready copies of a key its writes are refused, 1...8.
  public var minimumReady = 1
  /// With `async`: milliseconds that a ready copy may lag, 10...60,000.
  public var lagTime = 1000

  /// Every ready copy, one is enough.
  public init() {}
}
