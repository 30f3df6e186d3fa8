import CHearth
import HearthCluster

/// Stands for a value that is compared with one at another node: 24 bytes, its length and 128 bits of its bytes.
struct FeedDigest: Equatable, Sendable {
  /// Bytes of it.
  static let size = 24
  /// Bytes of a value that are hashed at once: how it is kept in pieces makes no difference.
  static let block = 16 << 10
  /// Longer values are not looked at, because that would keep a worker busy for too long.
  static let limit = 32 << 20

  private var length: UInt64 = 0
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  /// Of nothing yet.
  init() {}

  /// Takes the next block of the value: `block` bytes, but for the last.
  mutating func add(_ block: UnsafeRawBufferPointer) {
    guard let start = block.baseAddress else { return }
    length += UInt64(block.count)
    low = hearth_hash_seeded(start, block.count, low)
    high = hearth_hash_seeded(start, block.count, high ^ 0x9e37_79b9_7f4a_7c15)
  }

  /// Of a whole value.
  init(_ value: UnsafeRawBufferPointer) {
    for offset in stride(from: 0, to: value.count, by: Self.block) {
      add(UnsafeRawBufferPointer(rebasing: value[offset..<min(offset + Self.block, value.count)]))
    }
  }

  /// Its bytes.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for word in [length, low, high] { bytes.append(word: word) }
    return bytes
  }

  /// Reads it; nil: it is none.
  init?(encoded bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.size else { return nil }
    length = bytes.word(at: 0)
    low = bytes.word(at: 8)
    high = bytes.word(at: 16)
  }
}
