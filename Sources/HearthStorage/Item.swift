/// A stored item as seen by whoever holds its key's lock. Valid until the lock is gone or the item changes.
public struct Item {
  @usableFromInline let pointer: ItemPointer

  @inlinable @inline(__always)
  init(_ pointer: ItemPointer) { self.pointer = pointer }

  /// The key's bytes.
  @inlinable @inline(__always)
  public var key: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: pointer.key, count: pointer.keyLength)
  }
  /// The value's bytes; of a large item its descriptor, so ask `isLarge` first.
  @inlinable @inline(__always)
  public var value: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: pointer.value, count: pointer.storedValueBytes)
  }
  /// Length of the value in bytes.
  @inlinable @inline(__always)
  public var valueLength: Int { pointer.valueLength }
  /// The value is in several places: pin it to read it.
  @inlinable @inline(__always)
  public var isLarge: Bool { pointer.flags.contains(.large) }
  /// The client's 32 opaque bits.
  @inlinable @inline(__always)
  public var clientFlags: UInt32 { pointer.clientFlags }
  /// Absolute seconds, 0 never.
  @inlinable @inline(__always)
  public var expiry: UInt32 { pointer.expiry }
  /// Seconds of life that it was given, 0 where the pool did not keep it.
  public var life: UInt32 { pointer.life }
  /// Low half of the clock of generations at which it was written, 0 where the pool keeps none.
  public var stamp: UInt32 { pointer.flags.contains(.stamp) ? pointer.stamp : 0 }
  /// Last written by add, incr or decr: a lock or a counter.
  public var isExempt: Bool { pointer.flags.contains(.exempt) }
  /// When it was last read or written, seconds.
  @inlinable @inline(__always)
  public var lastAccess: UInt32 { pointer.lastAccess }
  /// It was read since it was stored.
  @inlinable @inline(__always)
  public var isFetched: Bool { pointer.flags.contains(.fetched) }
  /// Marked stale.
  @inlinable @inline(__always)
  public var isStale: Bool { pointer.flags.contains(.stale) }
  /// The recomputation token was handed out.
  @inlinable @inline(__always)
  public var hasWin: Bool { pointer.flags.contains(.win) }
  /// The key is binary and printed in base64.
  @inlinable @inline(__always)
  public var isBinaryKey: Bool { pointer.flags.contains(.binaryKey) }
  /// Bytes it takes in the arena.
  public var size: Int { pointer.size + (isLarge ? valueLength : 0) }
}
