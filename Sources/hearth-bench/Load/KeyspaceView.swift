import CHearth

/// A keyspace as the load threads see it: plain pointers, valid while their `Keyspace` lives.
struct KeyspaceView {
  let keySize: Int
  /// Where the sixteen digits begin.
  let digits: Int
  let template: UnsafePointer<UInt8>
  let pattern: UnsafePointer<UInt8>
  let sizes: UnsafePointer<UInt32>
  let ttls: UnsafePointer<UInt32>

  /// Writes the key's text: the constant part, with sixteen hexadecimal digits in it. Returns the key's length.
  @inline(__always)
  @discardableResult
  func writeKey(_ key: UInt64, to target: UnsafeMutablePointer<UInt8>) -> Int {
    hearth_copy(target, template, keySize)
    let digits = UnsafeMutableRawPointer(target + digits)
    digits.storeBytes(of: KeyspaceView.hexadecimal(UInt32(truncatingIfNeeded: key >> 32)), as: UInt64.self)
    digits.storeBytes(
      of: KeyspaceView.hexadecimal(UInt32(truncatingIfNeeded: key)), toByteOffset: 8, as: UInt64.self)
    return keySize
  }

  /// Eight lower-case digits as they lie in memory.
  @inline(__always)
  static func hexadecimal(_ value: UInt32) -> UInt64 {
    var x = UInt64(value)
    x = (x << 16 | x) & 0x0000_FFFF_0000_FFFF
    x = (x << 8 | x) & 0x00FF_00FF_00FF_00FF
    x = (x << 4 | x) & 0x0F0F_0F0F_0F0F_0F0F
    let letters = ((x &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
    return (x &+ 0x3030_3030_3030_3030 &+ letters &* 0x27).bigEndian
  }

  /// The bytes of the key's value; longer reads than its size give the bytes of a longer value.
  @inline(__always)
  func value(of key: UInt64) -> UnsafePointer<UInt8> {
    pattern + Int(SplitMix64.mix(key) & UInt64(Keyspace.offsets - 1))
  }

  @inline(__always)
  func size(of key: UInt64) -> UInt32 { sizes[Int(SplitMix64.mix(key) >> 52)] }

  /// Independent of the size: other bits of the mixed key.
  @inline(__always)
  func ttl(of key: UInt64) -> UInt32 { ttls[Int((SplitMix64.mix(key) >> 40) & 0xFFF)] }
}
