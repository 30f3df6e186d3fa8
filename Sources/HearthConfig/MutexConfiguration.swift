/// The side port for clients of the KeyedMutex protocol (the section `mutex`).
public struct MutexConfiguration: Sendable, Equatable {
  /// What becomes of those who wait for a key when its owner is done.
  public enum Mode: String, Sendable, CaseIterable {
    /// All are told to look in the cache, as by the original daemon.
    case notify
    /// The oldest becomes the owner, the others go on waiting.
    case queue
  }

  /// Most peers that the port can be configured for.
  public static let largestLimit = 250_000

  /// Where the port listens: TCP and unix sockets, never with a pool.
  public var listeners: [Listener]
  /// What becomes of waiters.
  public var mode = Mode.notify
  /// How long a peer may own a key, and take over sending one: milliseconds, 100...86,400,000.
  public var timeOut = 30_000
  /// Connections to the port at once, 1...`largestLimit`.
  public var connectionLimit = 10_000
  /// Most waiters for one key, 1...`largestLimit`.
  public var waiterLimit = 10_000

  /// The defaults, at these places.
  public init(listeners: [Listener]) { self.listeners = listeners }
}
