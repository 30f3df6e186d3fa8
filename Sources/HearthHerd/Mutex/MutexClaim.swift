/// A peer's part in a mutex: it owns it, or waits for it. Used once: a claim that was given up, timed out or
/// told is harmless.
public struct MutexClaim: Equatable, BitwiseCopyable, Sendable {
  let number: UInt32
  let serial: UInt64

  /// No claim.
  public static let none = MutexClaim(number: 0, serial: 0)
}
