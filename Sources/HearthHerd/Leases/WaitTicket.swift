/// A parked reader's claim to an answer. Used once: a ticket that was answered or closed is harmless.
public struct WaitTicket: Equatable, BitwiseCopyable, Sendable {
  /// Who waits.
  public var reader: UInt64
  /// Its place in the request.
  public var position: UInt32
  let waiter: UInt32
  let serial: UInt64
}
