import CZlib

/// zlib's decompressor, kept from use to use. Belongs to one thread.
final class Inflater {
  private let stream: UnsafeMutablePointer<z_stream>
  private var isOpen = false

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
  }

  deinit {
    if isOpen { inflateEnd(stream) }
    stream.deallocate()
  }

  /// Whether `packed` bytes can have become of `length`: DEFLATE makes at most 1,032 bytes of one (zlib's technical notes,
  /// "Maximum Compression Factor").
  static func isPossible(_ length: UInt64, from packed: Int) -> Bool {
    length <= UInt64(packed) * 1032
  }

  /// Fills `room` exactly; false: the data is damaged, or is of another length. `isRaw`: without zlib's header.
  func inflate(
    _ packed: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer, isRaw: Bool = false
  ) -> Bool {
    let windowBits: CInt = isRaw ? -MAX_WBITS : MAX_WBITS
    let opened =
      isOpen
      ? inflateReset2(stream, windowBits)
      : inflateInit2_(stream, windowBits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    guard opened == Z_OK else { return false }
    isOpen = true
    // avail_in and avail_out are 32 bits wide; events and limits are below that.
    guard packed.count < Int(UInt32.max), room.count < Int(UInt32.max) else { return false }
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: packed.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(packed.count)
    var nothing: UInt8 = 0
    return withUnsafeMutablePointer(to: &nothing) { nothing in
      // zlib refuses nil even where no byte is to be written.
      stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? nothing
      stream.pointee.avail_out = UInt32(room.count)
      return CZlib.inflate(stream, Z_FINISH) == Z_STREAM_END && stream.pointee.avail_out == 0
    }
  }
}
