/// A key as the lease table knows it. The bytes are borrowed from the caller for one call; the table copies
/// what it keeps.
public struct LeaseKey {
  /// Number of the pool.
  public var pool: UInt16
  /// First byte.
  public var start: UnsafeRawPointer
  /// Length in bytes, at most 65,535 (memcached's keys have at most 250).
  public var count: Int
  /// Hash of the bytes, the same for the same bytes.
  public var hash: UInt64

  /// A key.
  @inlinable @inline(__always)
  public init(pool: UInt16, _ start: UnsafeRawPointer, _ count: Int, hash: UInt64) {
    self.pool = pool
    self.start = start
    self.count = count
    self.hash = hash
  }
}
