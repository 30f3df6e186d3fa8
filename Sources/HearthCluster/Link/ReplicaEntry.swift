/// What became of a key, as one node tells it to another: a header of 32 bytes, the key, the value; numbers little-endian. A
/// large value follows in frames of data instead.
public struct ReplicaEntry: Equatable, Sendable {
  /// What became of it.
  public enum Kind: UInt8, Sendable {
    /// It has this value.
    case item = 1
    /// It is gone.
    case removed
    /// All of a shard is gone; the key is the shard's number and the number of shards, 16 bits each.
    case flushed
    /// A group is void; the key is its hash (0: the whole pool) and the bump's clock, 64 bits each.
    case bumped
    /// The sender numbers the bumps of the pool and has come to a clock; the key is that, 64 bits.
    case numbered
    /// How far a feed has filled its pools; the key is its name, the value is text.
    case fed
  }

  /// Bits of `marks`.
  public enum Mark {
    /// The key is binary.
    public static let binaryKey: UInt8 = 1
    /// The item is marked stale.
    public static let stale: UInt8 = 2
    /// The token to recompute it was handed out.
    public static let win: UInt8 = 4
    /// A lock or a counter.
    public static let exempt: UInt8 = 8
    /// The value follows in frames of data.
    public static let large: UInt8 = 16
  }

  /// Bytes before the key.
  public static let headerSize = 32

  /// What became of the key.
  public var kind: Kind
  /// Bytes of the key, up to 250.
  public var keyLength: UInt8
  /// Number of the pool.
  public var pool: UInt8
  /// Bits of `Mark`.
  public var marks: UInt8 = 0
  /// Bytes of the value.
  public var valueLength: UInt32 = 0
  /// The client's 32 bits.
  public var clientFlags: UInt32 = 0
  /// Absolute seconds by the clock that all nodes share, 0 never.
  public var expiry: UInt32 = 0
  /// Seconds of life that it was given, 0 where that is not kept.
  public var life: UInt32 = 0
  /// Its version, which clients see as CAS.
  public var cas: UInt64 = 0
  /// Low half of its clock of generations, 0 where the pool keeps none.
  public var stamp: UInt32 = 0

  /// An entry without a value.
  @inline(__always)
  public init(_ kind: Kind, pool: Int, keyLength: Int) {
    self.kind = kind
    self.pool = UInt8(truncatingIfNeeded: pool)
    self.keyLength = UInt8(truncatingIfNeeded: keyLength)
  }

  /// The value follows in frames of data.
  @inline(__always)
  public var isLarge: Bool { marks & Mark.large != 0 }

  /// Bytes of the whole entry in its frame.
  @inline(__always)
  public var size: Int { Self.headerSize + Int(keyLength) + (isLarge ? 0 : Int(valueLength)) }

  /// Writes the header.
  @inline(__always)
  public func write(to target: UnsafeMutableRawPointer) {
    target.storeBytes(of: kind.rawValue, as: UInt8.self)
    target.storeBytes(of: keyLength, toByteOffset: 1, as: UInt8.self)
    target.storeBytes(of: pool, toByteOffset: 2, as: UInt8.self)
    target.storeBytes(of: marks, toByteOffset: 3, as: UInt8.self)
    target.storeBytes(of: valueLength.littleEndian, toByteOffset: 4, as: UInt32.self)
    target.storeBytes(of: clientFlags.littleEndian, toByteOffset: 8, as: UInt32.self)
    target.storeBytes(of: expiry.littleEndian, toByteOffset: 12, as: UInt32.self)
    target.storeBytes(of: life.littleEndian, toByteOffset: 16, as: UInt32.self)
    target.storeBytes(of: cas.littleEndian, toByteOffset: 20, as: UInt64.self)
    target.storeBytes(of: stamp.littleEndian, toByteOffset: 28, as: UInt32.self)
  }

  /// Reads the entry at the beginning of `bytes`; nil: it is none, or not whole.
  @inline(__always)
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.headerSize, let start = bytes.baseAddress, let kind = Kind(rawValue: bytes[0])
    else { return nil }
    self.kind = kind
    keyLength = bytes[1]
    pool = bytes[2]
    marks = bytes[3]
    valueLength = UInt32(littleEndian: start.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    clientFlags = UInt32(littleEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    expiry = UInt32(littleEndian: start.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    life = UInt32(littleEndian: start.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
    cas = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 20, as: UInt64.self))
    stamp = UInt32(littleEndian: start.loadUnaligned(fromByteOffset: 28, as: UInt32.self))
    guard keyLength >= 1, keyLength <= 250, size <= bytes.count else { return nil }
  }
}
