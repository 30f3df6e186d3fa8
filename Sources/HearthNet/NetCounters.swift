/// What a loop has moved. Written by its thread alone, read by any with relaxed loads.
public struct NetCounters {
  /// Bytes received.
  public var bytesRead: UInt64 = 0
  /// Bytes sent.
  public var bytesWritten: UInt64 = 0
  /// Receive calls.
  public var reads: UInt64 = 0
  /// Send calls.
  public var writes: UInt64 = 0
  /// Times that a connection had to leave the rest of its input to a later round.
  public var yields: UInt64 = 0
  /// Connections closed because they were idle for too long.
  public var idleClosed: UInt64 = 0
  /// Connections closed because they held buffers and stood still while the budget was used up.
  public var stalledClosed: UInt64 = 0

  /// All zero.
  public init() {}
}
