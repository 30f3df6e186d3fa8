/// What to answer to a read.
public enum ReadAnswer: Equatable, Sendable {
  /// Why a read is answered as a miss.
  public enum Miss: Equatable, Sendable {
    /// The reader is the one to compute the value, until then.
    case lease(until: UInt64)
    /// As without protection.
    case plain
    /// Somebody computes the value already, but this reader could not wait, or the table was full. Counted.
    case spilled
  }

  /// The item as it is.
  case serve
  /// mg: the item with W; the reader is the one to refresh it, until then.
  case serveWon(until: UInt64)
  /// mg: the item with Z; somebody else refreshes it.
  case serveTaken
  /// The expired item; mg adds X and Z.
  case serveStale
  /// mg: the expired item with X and W; the reader is the one to compute it, until then.
  case serveStaleWon(until: UInt64)
  /// Nothing found.
  case miss(Miss)
  /// Nothing yet: an action with this ticket brings the answer.
  case park(WaitTicket)
}
