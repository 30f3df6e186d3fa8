/// What a parked reader is to be told.
public struct HerdAction: Equatable, BitwiseCopyable, Sendable {
  /// Kinds of answers.
  public enum Kind: UInt8, BitwiseCopyable, Sendable {
    /// The key was set: look again, with `giveUpAt` set to the action's `until`.
    case retry
    /// A miss: the reader is the one to compute the value, until `until`.
    case missWithLease
    /// A miss: it waited as long as it may.
    case plainMiss
  }

  /// What to do.
  public var kind: Kind
  /// To whom.
  public var ticket: WaitTicket
  /// End of the lease, or of the waiting; milliseconds.
  public var until: UInt64
}

/// The actions of a lease table.
public typealias HerdActions = ActionBuffer<HerdAction>
