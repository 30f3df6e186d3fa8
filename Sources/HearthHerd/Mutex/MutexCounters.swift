/// What the side port did, since the start. What is held and waits now the table itself tells.
///
/// Acquired keys were released, timed out, or are still held; waiters were told, handed the key, closed, or
/// still wait.
public struct MutexCounters: Equatable, Sendable {
  /// Times that a peer became owner, hand-overs included.
  public var acquired: UInt64 = 0
  /// Owners that released, or closed.
  public var released: UInt64 = 0
  /// Owners that were closed because they held a key too long.
  public var timeOuts: UInt64 = 0
  /// Peers that had to wait.
  public var waited: UInt64 = 0
  /// Waiters told `R` because the owner was done.
  public var told: UInt64 = 0
  /// Waiters told `R` because the cache received the key.
  public var toldBySet: UInt64 = 0
  /// Waiters that became owner.
  public var handOvers: UInt64 = 0
  /// Waiters that closed.
  public var closedWaiting: UInt64 = 0
  /// Peers refused at a bound.
  public var refused: UInt64 = 0
  /// The longest that a key was held, milliseconds.
  public var longestHold: UInt64 = 0

  /// Nothing counted.
  public init() {}
}
