import CHearth

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
