/// A key that is held at the mutex port, for operators.
public struct HeldLock: Equatable, Sendable {
  /// The MD5 of the key as 32 hexadecimal digits; the clients send nothing else of it.
  public var key: String
  /// The owner's connection: the worker's number times 2^48 plus its number there.
  public var owner: UInt64
  /// For how long it is held, milliseconds.
  public var heldForMilliseconds: UInt64
  /// Peers that wait for it.
  public var waiters: Int
}
