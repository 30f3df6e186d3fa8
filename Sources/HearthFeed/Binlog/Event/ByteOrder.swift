/// Numbers of 1 to 8 bytes at any address. The caller has checked that the bytes are there.
enum ByteOrder {
  @inline(__always)
  static func little(_ pointer: UnsafeRawPointer, _ size: Int) -> UInt64 {
    switch size {
    case 1: return UInt64(pointer.load(as: UInt8.self))
    case 2: return UInt64(pointer.loadUnaligned(as: UInt16.self))
    case 4: return UInt64(pointer.loadUnaligned(as: UInt32.self))
    case 8: return pointer.loadUnaligned(as: UInt64.self)
    default:
      var value: UInt64 = 0
      for index in 0..<size {
        value |= UInt64(pointer.load(fromByteOffset: index, as: UInt8.self)) << UInt64(8 * index)
      }
      return value
    }
  }

  @inline(__always)
  static func big(_ pointer: UnsafeRawPointer, _ size: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<size {
      value = value << 8 | UInt64(pointer.load(fromByteOffset: index, as: UInt8.self))
    }
    return value
  }
}
