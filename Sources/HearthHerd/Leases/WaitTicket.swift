/// A parked reader's claim to an answer. Used once: a ticket that was answered or closed is harmless.
public struct WaitTicket: Equatable, BitwiseCopyable, Sendable {
  /// Who waits.
  public var reader: UInt64
  /// Where the caller keeps it meanwhile.
  public var seat: UInt64
  let waiter: UInt32
  let serial: UInt64
}
