import CHearth

/// The memory that all connections together may hold in buffers (saved input and unsent output), counted by all
/// workers. A small value handed around by copy; the words behind it are shared by all copies and live as long as
/// the process.
public struct BufferBudget {
  /// Bytes in use, and behind them the limit: one line of the cache.
  let used: UnsafeMutablePointer<UInt64>

  /// A budget of `limit` bytes.
  public init(limit: Int) {
    used = .allocate(capacity: 8)
    used.initialize(repeating: 0, count: 8)
    self.limit = UInt64(limit)
  }

  /// Bytes that may be in use before reading stops. It may change while workers run; below what is in use it is
  /// reached as buffers are freed.
  public var limit: UInt64 {
    get { hearth_atomic_load64(used + 1) }
    nonmutating set { hearth_atomic_store64(used + 1, newValue) }
  }

  /// Bytes in use now.
  public var inUse: UInt64 { hearth_atomic_load64(used) }

  /// Nothing more should be read by a connection that already holds a buffer.
  public var isExhausted: Bool { inUse >= limit }

  /// Charges bytes that were allocated.
  public func charge(_ bytes: Int) { _ = hearth_atomic_add64(used, UInt64(bytes)) }

  /// Gives back bytes that were freed.
  public func refund(_ bytes: Int) { _ = hearth_atomic_add64(used, 0 &- UInt64(bytes)) }
}
