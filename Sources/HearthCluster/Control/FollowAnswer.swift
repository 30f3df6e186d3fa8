/// What a primary says to one who wants to follow it.
public enum FollowAnswer: Sendable {
  /// All records beyond `sequence` follow. `epoch` is the primary's reign, `incarnation` names its data.
  case stream(UInt64, after: UInt64, epoch: UInt64, incarnation: UInt64)
  /// A snapshot follows, and the records from here on in one stream with it. The end is marked.
  case snapshot(UInt64, after: UInt64, epoch: UInt64, incarnation: UInt64)
  /// To be asked again.
  case notYet
  /// What the follower lacks is not in the log any more, or it holds what the primary does not know: it has to load anew.
  case tooOld
}
