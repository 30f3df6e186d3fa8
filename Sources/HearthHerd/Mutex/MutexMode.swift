/// What happens to the waiters when an owner is done.
public enum MutexMode: UInt8, Sendable {
  /// All are told `R`, as by the original daemon.
  case tell
  /// The oldest becomes the owner and is told `O`; the others go on waiting.
  case queue
}
