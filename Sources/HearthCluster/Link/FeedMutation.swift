/// What a feed does to a key, as the node that runs it tells the key's primary: a header of 16 bytes, the key, the value; numbers
/// little-endian.
public struct FeedMutation: Equatable, Sendable {
  /// What is done.
  public enum Kind: UInt8, Sendable {
    /// The key gets the value, whatever it has.
    case store = 1
    case remove
    /// The key gets the value, unless it has it.
    case repair
    /// Nothing is changed; the value is a `FeedDigest` of what the key should have.
    case check
  }

  /// Bytes before the key.
  public static let headerSize = 16

  /// What is done.
  public var kind: Kind
  /// Number of the pool.
  public var pool: UInt8
  /// Bytes of the key, up to 250.
  public var keyLength: UInt8
  /// Bytes of the value.
  public var valueLength: UInt32
  /// The client's 32 bits.
  public var flags: UInt32
  /// Seconds of life, 0: for ever.
  public var ttl: UInt32

  /// A mutation without its key and value.
  public init(
    _ kind: Kind, pool: Int, keyLength: Int, valueLength: Int = 0, flags: UInt32 = 0, ttl: UInt32 = 0
  ) {
    self.kind = kind
    self.pool = UInt8(truncatingIfNeeded: pool)
    self.keyLength = UInt8(truncatingIfNeeded: keyLength)
    self.valueLength = UInt32(truncatingIfNeeded: valueLength)
    self.flags = flags
    self.ttl = ttl
  }

  /// Bytes of the header and the key.
  public var headSize: Int { Self.headerSize + Int(keyLength) }

  /// Bytes of all of it.
  public var size: Int { headSize + Int(valueLength) }

  /// Appends it with its key, without its value.
  public func encode(_ key: UnsafeRawBufferPointer, into bytes: inout [UInt8]) {
    bytes.append(kind.rawValue)
    bytes.append(pool)
    bytes.append(keyLength)
    bytes.append(0)
    for number in [valueLength, flags, ttl] {
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    bytes.append(contentsOf: key)
  }

  /// Reads the header and the key at the beginning of `bytes`; nil: that is none. Whether its value is there is not looked at.
  @inline(__always)
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.headerSize, let start = bytes.baseAddress, let kind = Kind(rawValue: bytes[0])
    else { return nil }
    self.kind = kind
    pool = bytes[1]
    keyLength = bytes[2]
    valueLength = UInt32(littleEndian: start.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    flags = UInt32(littleEndian: start.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    ttl = UInt32(littleEndian: start.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    guard keyLength >= 1, keyLength <= 250, headSize <= bytes.count else { return nil }
  }
}
