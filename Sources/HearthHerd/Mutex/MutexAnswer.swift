/// The answer to a peer that asks for a key.
public enum MutexAnswer: Equatable, Sendable {
  /// It owns the key: send `O`.
  case owner(MutexClaim)
  /// Somebody else does: send nothing until an action says so.
  case waits(MutexClaim)
  /// A bound was reached: close the connection.
  case refused
}
