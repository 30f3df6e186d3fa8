/// A change that a journal names. What became of the key is in the store: whoever passes the change on reads it there, so a
/// record takes few bytes, and a key that changes often is passed on as it is now.
public struct JournalRecord {
  /// What was changed.
  public enum Kind: UInt8, Sendable {
    /// A key: stored, removed, given another expiry or other marks.
    case key = 1
    /// All keys of one shard were flushed. The record's bytes are the shard's number and the number of shards, 16 bits each.
    case flush
    /// A group of keys was made void. The record's bytes are the group's hash (0: the whole pool) and the bump's clock, 64 bits
    /// each.
    case bump
    /// Something that is no change of a pool's keys has its place among them. The bytes are for whoever noted it.
    case mark
  }

  /// What was changed.
  public let kind: Kind
  /// Number of the pool.
  public let pool: Int
  /// The key's bytes.
  public let bytes: UnsafeRawBufferPointer
  /// Place in the order of all changes, from 1.
  public let sequence: UInt64

  /// Of a flush: the shard, and how many the pool has.
  public var shard: (number: Int, count: Int)? {
    guard kind == .flush, bytes.count == 4 else { return nil }
    return (
      Int(UInt16(littleEndian: bytes.loadUnaligned(as: UInt16.self))),
      Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
    )
  }

  /// Bytes of a record before the key's.
  static let headerSize = 3
}

/// Where a reader of a journal stands.
public struct JournalCursor: Sendable {
  /// The last record that was read.
  public internal(set) var sequence: UInt64
  /// Where the next one begins, once that is known.
  var chunk: UInt64?
  var offset = 0

  /// Behind a record.
  public init(after sequence: UInt64) { self.sequence = sequence }
}
