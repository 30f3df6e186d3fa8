/// A bump with the number that one node has given it, as it tells the others that are primary of keys; 24 bytes, little-endian.
public struct NumberedBump: Equatable, Sendable {
  /// Bytes of it.
  public static let size = 24

  /// Number of the pool.
  public var pool: Int
  /// What stands for the group, 0: the whole pool. Nil: no group is void, only the clock goes to the number.
  public var group: UInt64?
  /// The number.
  public var clock: UInt64

  /// A bump, or without a group a number.
  public init(pool: Int, group: UInt64?, clock: UInt64) {
    self.pool = pool
    self.group = group
    self.clock = clock
  }

  private static let numberMark: UInt64 = 1 << 32

  /// Appends it.
  public func encode(into bytes: inout [UInt8]) {
    bytes.append(word: UInt64(pool) | (group == nil ? Self.numberMark : 0))
    bytes.append(word: group ?? 0)
    bytes.append(word: clock)
  }

  /// Reads those that follow each other in `bytes`; nil: that is not what they are.
  public static func decode(_ bytes: UnsafeRawBufferPointer) -> [NumberedBump]? {
    if bytes.count % size != 0 { return nil }
    return stride(from: 0, to: bytes.count, by: size).map { offset in
      let pool = bytes.word(at: offset)
      return NumberedBump(
        pool: Int(truncatingIfNeeded: pool & 0xffff),
        group: pool & numberMark == 0 ? bytes.word(at: offset + 8) : nil, clock: bytes.word(at: offset + 16))
    }
  }
}

extension [UInt8] {
  /// Appends 8 bytes.
  public mutating func append(word: UInt64) {
    Swift.withUnsafeBytes(of: word.littleEndian) { append(contentsOf: $0) }
  }
}

extension UnsafeRawBufferPointer {
  /// The 8 bytes there.
  public func word(at offset: Int) -> UInt64 {
    UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
