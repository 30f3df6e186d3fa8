import CHearth

/// A key to look up: its bytes, borrowed from the caller, and their hash.
///
/// The hash is XXH3 (64 bits). Its parts: bits 56-63 the tag in the bucket, 48-55 the shard, 43-47 the
/// bucket in the leaf, 27-42 the ghost's fingerprint, 0-26 the directory.
public struct Key {
  /// First byte; must stay valid while the key is used.
  public var start: UnsafeRawPointer
  /// Length in bytes, 1...250.
  public var count: Int
  /// XXH3 of the bytes.
  public var hash: UInt64

  /// Hashes the bytes.
  @inlinable @inline(__always)
  public init(_ start: UnsafeRawPointer, _ count: Int) {
    self.init(start, count, hash: hearth_hash(start, count))
  }

  /// A key whose hash is known.
  @inlinable @inline(__always)
  public init(_ start: UnsafeRawPointer, _ count: Int, hash: UInt64) {
    self.start = start
    self.count = count
    self.hash = hash
  }
}

extension UInt64 {
  /// Tag of the key in its bucket, 1...255; 0 marks a free slot.
  @inlinable @inline(__always)
  var tag: UInt8 { Swift.max(1, UInt8(truncatingIfNeeded: self &>> 56)) }
  /// Number from which the shard is taken.
  @inlinable @inline(__always)
  var shardBits: Int { Int(truncatingIfNeeded: (self &>> 48) & 0xff) }
  /// Bucket in the leaf, 0..<32.
  @inlinable @inline(__always)
  var bucketNumber: Int { Int(truncatingIfNeeded: (self &>> 43) & 31) }
  /// Fingerprint in the ghost, never 0.
  @inlinable @inline(__always)
  var fingerprint: UInt16 { Swift.max(1, UInt16(truncatingIfNeeded: self &>> 27)) }
}
