/// What a peer of the side port is to be told. Whoever owns the peer's connection hands the action to its
/// `KeyedMutexPeer.apply` first, unless it comes from that peer's own `receive`.
public struct MutexAction: Equatable, BitwiseCopyable, Sendable {
  /// Kinds of messages.
  public enum Kind: UInt8, BitwiseCopyable, Sendable {
    /// Send `O`: it owns the key.
    case own
    /// Send `R`: the owner is done, look in the cache.
    case tell
    /// Close the connection.
    case close
  }

  /// What to do.
  public var kind: Kind
  /// To whom.
  public var peer: UInt64
  /// The claim that the message is about.
  public var claim: MutexClaim
}

/// The actions of a mutex table.
public typealias MutexActions = ActionBuffer<MutexAction>
