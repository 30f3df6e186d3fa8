import CHearth

/// The MD5 of a key: all that a client of the side port tells of it.
public struct MutexKey: Hashable, BitwiseCopyable, Sendable {
  /// Bytes 0-7, in the machine's order.
  public var low: UInt64
  /// Bytes 8-15.
  public var high: UInt64

  /// From the two halves.
  @inlinable
  public init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  /// From the 16 bytes there.
  @inlinable
  public init(_ bytes: UnsafeRawPointer) {
    self.init(low: hearth_load64(bytes), high: hearth_load64(bytes + 8))
  }

  /// Calls `body` with the 16 bytes.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    withUnsafeBytes(of: (low, high)) { body($0) }
  }

  /// A hash that clients cannot foresee, because they choose the digests: a multiplication of 64 by 64 bits
  /// with a secret in it, both halves folded.
  func hash(_ seed: UInt64) -> UInt64 {
    let product = (low ^ seed).multipliedFullWidth(by: high ^ (seed &* 0x9e37_79b9_7f4a_7c15 | 1))
    let mixed = product.low ^ product.high ^ low
    return (mixed ^ (mixed &>> 29)) &* 0xbf58_476d_1ce4_e5b9 ^ (mixed &>> 32)
  }
}
