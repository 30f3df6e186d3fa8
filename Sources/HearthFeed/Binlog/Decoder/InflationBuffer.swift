/// Room for one decompressed piece of an event, used over and over.
struct InflationBuffer: ~Copyable {
  /// No piece becomes larger, in bytes.
  let limit: Int
  private var room = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  private let inflater = Inflater()

  init(limit: Int) { self.limit = limit }

  deinit { room.deallocate() }

  /// MariaDB's compressed events (`binlog_buf_uncompress`): a byte with 0x80, the algorithm (0: zlib) and the size of the
  /// length, the length, big-endian, and the data.
  mutating func inflate(_ bytes: UnsafeRawBufferPointer) throws(BinlogError) -> UnsafeRawBufferPointer {
    guard let base = bytes.baseAddress, bytes.count > 1 else {
      throw BinlogError(.damaged, "a compressed event has no content")
    }
    let size = Int(bytes[0] & 7)
    guard bytes[0] & 0xF0 == 0x80, size >= 1, size <= 4, bytes.count > 1 + size else {
      throw BinlogError(.damaged, "a compressed event begins with \(bytes[0]), which is no known algorithm")
    }
    let length = ByteOrder.big(base + 1, size)
    let packed = UnsafeRawBufferPointer(rebasing: bytes[(1 + size)...])
    guard Inflater.isPossible(length, from: packed.count) else {
      throw BinlogError(.damaged, "a compressed event of \(packed.count) bytes claims to be one of \(length)")
    }
    guard length <= UInt64(limit) else {
      throw BinlogError(.tooLarge, "a compressed event has \(length) bytes, the limit is \(limit)")
    }
    if room.count < Int(length) {
      room.deallocate()
      room = .allocate(byteCount: Int(length), alignment: 16)
    }
    let piece = UnsafeMutableRawBufferPointer(rebasing: room[..<Int(length)])
    guard inflater.inflate(packed, into: piece) else {
      throw BinlogError(.damaged, "a compressed event cannot be decompressed")
    }
    return UnsafeRawBufferPointer(piece)
  }
}
