import CHearth

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
  /// Connections closed because they were idle for too long.
  public var idleClosed: UInt64 = 0
  /// Connections closed because they held buffers and stood still while the budget was used up.
  public var stalledClosed: UInt64 = 0

  /// All zero.
  public init() {}
}

/// Counts of connections, shared by the acceptor and all loops. A handle to memory that lives for ever.
public struct ConnectionCounts {
  let words: UnsafeMutablePointer<UInt64>

  /// All zero, with a limit.
  public init(limit: Int) {
    words = .allocate(capacity: 8)
    words.initialize(repeating: 0, count: 8)
    self.limit = limit
  }

  /// Most connections at a time.
  public var limit: Int {
    get { Int(hearth_atomic_load64(words)) }
    nonmutating set { hearth_atomic_store64(words, UInt64(newValue)) }
  }
  /// Connections open now.
  public var current: UInt64 { hearth_atomic_load64(words + 1) }
  /// Connections ever accepted.
  public var total: UInt64 { hearth_atomic_load64(words + 2) }
  /// Connections refused because of the limit.
  public var rejected: UInt64 { hearth_atomic_load64(words + 3) }
  /// Times that accepting stopped because no descriptor was left.
  public var listenDisabled: UInt64 { hearth_atomic_load64(words + 4) }
  /// Connections are being accepted at this moment.
  public var isAccepting: Bool { hearth_atomic_load64(words + 5) == 0 }

  func connectionOpened() {
    _ = hearth_atomic_add64(words + 1, 1)
    _ = hearth_atomic_add64(words + 2, 1)
  }
  func connectionClosed() { _ = hearth_atomic_add64(words + 1, 0 &- 1) }
  func connectionRejected() { _ = hearth_atomic_add64(words + 3, 1) }
  func acceptingPaused() {
    _ = hearth_atomic_add64(words + 4, 1)
    hearth_atomic_store64(words + 5, 1)
  }
  func acceptingResumed() { hearth_atomic_store64(words + 5, 0) }
}
