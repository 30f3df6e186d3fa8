/// Reads the bytes of an event from front to back. Every length in them is somebody else's word: what would read beyond
/// the end reads zeros instead and sets `failed`, so that a caller checks once, after the last field.
struct EventBytes {
  let bytes: UnsafeRawBufferPointer
  private(set) var offset: Int
  /// Something would have been read beyond the end.
  private(set) var failed = false

  init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0) {
    self.bytes = bytes
    self.offset = min(offset, bytes.count)
    failed = offset > bytes.count
  }

  /// Bytes that are left.
  @inline(__always)
  var left: Int { bytes.count - offset }

  /// What is left, in place.
  var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[offset...]) }

  /// Whether `count` bytes are there; if so, they are passed.
  @inline(__always)
  private mutating func pass(_ count: Int) -> Bool {
    guard count >= 0, count <= bytes.count - offset else {
      failed = true
      offset = bytes.count
      return false
    }
    offset += count
    return true
  }

  /// A little-endian number of `size` (1 to 8) bytes.
  @inline(__always)
  mutating func number(_ size: Int) -> UInt64 {
    guard pass(size) else { return 0 }
    return ByteOrder.little(bytes.baseAddress.unsafelyUnwrapped + (offset - size), size)
  }

  @inline(__always)
  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: number(1)) }

  @inline(__always)
  mutating func uint16() -> UInt16 { UInt16(truncatingIfNeeded: number(2)) }

  @inline(__always)
  mutating func uint32() -> UInt32 { UInt32(truncatingIfNeeded: number(4)) }

  @inline(__always)
  mutating func uint64() -> UInt64 { number(8) }

  /// `count` bytes in place; empty when they are not there.
  @inline(__always)
  mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
    guard pass(count) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    return UnsafeRawBufferPointer(rebasing: bytes[offset - count..<offset])
  }

  mutating func skip(_ count: Int) { _ = pass(count) }

  /// A number of the protocol's packed form (1, 3, 4 or 9 bytes), as a count of things of which each takes at least
  /// `each` bytes of what is left; more fails.
  mutating func count(each: Int = 1) -> Int {
    let value = packed()
    guard value <= UInt64(left / max(1, each)) else {
      failed = true
      offset = bytes.count
      return 0
    }
    return Int(value)
  }

  /// A number of the protocol's packed form.
  mutating func packed() -> UInt64 {
    switch byte() {
    case let small where small < 251: return UInt64(small)
    case 252: return number(2)
    case 253: return number(3)
    case 254: return number(8)
    default:
      failed = true
      return 0
    }
  }
}
