/// One held key, for operators.
public struct MutexListing: Equatable, Sendable {
  /// Its digest.
  public var key: MutexKey
  /// Who owns it.
  public var owner: UInt64
  /// For how long, milliseconds.
  public var heldFor: UInt64
  /// Peers that wait for it.
  public var waiters: Int
}
