/// What a writer may do to a key.
public struct WritePermit: Equatable, Sendable {
  /// A set is to be refused (NOT_STORED, NS): it may bring back what was invalidated.
  public var isRefused = false
  /// The writer was told that a living item is missing: its add acts as a set in every respect.
  public var addActsAsSet = false
  /// The writer holds the key's lease, so the item is as old as the lease: write `stamp` into it.
  public var isHolder = false
  /// The pool's generation clock when the lease was given.
  public var stamp: UInt64 = 0

  /// What everybody may.
  @inlinable @inline(__always)
  public init() {}
}
