import CZstd

/// The events inside a TRANSACTION_PAYLOAD event (MySQL 8.0.20, `binlog_transaction_compression`), one at a time: only one is in
/// memory decompressed, and zstd's window. Belongs to one thread.
final class PayloadReader {
  private let packed: UnsafeRawBufferPointer
  private let limit: Int
  /// nil: the events are there as they are.
  private let stream: OpaquePointer?
  private var input = 0
  private var room: UnsafeMutableRawBufferPointer
  /// Why the event that `next` returned last is only its beginning; nil: it is whole.
  private(set) var oversized: BinlogError?
  /// The table that the event is about, if it is a row event.
  private(set) var oversizedTable: UInt64 = 0
  /// Decompressed bytes that may still come.
  private var left: UInt64

  private static let compressionNone: UInt64 = 255
  /// ZSTD_error_frameParameter_windowTooLarge; the numbers are fixed (`zstd_errors.h`).
  private static let windowTooLarge = 16

  deinit {
    ZSTD_freeDCtx(stream)
    room.deallocate()
  }

  /// Reads the fields before the data: type, length, value, until type 0.
  init(_ body: UnsafeRawBufferPointer, limit: Int) throws(BinlogError) {
    var reader = EventBytes(body)
    var compression = Self.compressionNone
    var size: UInt64?
    var uncompressed: UInt64?
    while reader.left > 0 {
      let type = reader.packed()
      if type == 0 { break }
      var field = EventBytes(reader.take(reader.count()))
      switch type {
      case 1: size = field.packed()
      case 2: compression = field.packed()
      case 3: uncompressed = field.packed()
      default: break
      }
      guard !field.failed else { break }
    }
    guard !reader.failed, let size, size <= UInt64(reader.left) else {
      throw BinlogError(.damaged, "a TRANSACTION_PAYLOAD event is shorter than it says")
    }
    packed = reader.take(Int(size))
    self.limit = limit
    left = uncompressed ?? (compression == Self.compressionNone ? size : .max)
    room = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    guard compression != Self.compressionNone else {
      stream = nil
      return
    }
    guard compression == 0 else {
      stream = nil
      throw BinlogError(.unsupported, "a transaction is compressed with the unknown algorithm \(compression)")
    }
    stream = ZSTD_createDCtx()
    // Up to 1 MiB, or what the limit allows; level 3, the server's default, takes 2 MiB.
    let windowBits = max(20, Int.bitWidth - 1 - limit.leadingZeroBitCount)
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, CInt(min(27, windowBits)))
  }

  /// The next event with its header, in place until the next call; nil: there are no more. Of one beyond the limit the rest is
  /// passed over, and `oversized` says so.
  func next() throws(BinlogError) -> UnsafeRawBufferPointer? {
    oversized = nil
    guard stream != nil else { return try nextPlain() }
    grow(to: EventHeader.size, keep: 0)
    let got = try decompress(from: 0, to: EventHeader.size)
    if got == 0 { return nil }
    let head = UnsafeRawBufferPointer(rebasing: room[..<EventHeader.size])
    guard got == EventHeader.size, let header = EventHeader(head) else { throw Self.damaged }
    guard header.length <= max(limit, Self.beginning) else { return try skip(header) }
    grow(to: header.length, keep: EventHeader.size)
    guard try decompress(from: EventHeader.size, to: header.length) == header.length - EventHeader.size else {
      throw Self.damaged
    }
    return UnsafeRawBufferPointer(rebasing: room[..<header.length])
  }

  /// Header and table id.
  private static let beginning = EventHeader.size + 6

  private func skip(_ header: EventHeader) throws(BinlogError) -> UnsafeRawBufferPointer {
    grow(to: 4096, keep: EventHeader.size)
    guard try decompress(from: EventHeader.size, to: Self.beginning) == 6 else { throw Self.damaged }
    oversizedTable = room.baseAddress.map { ByteOrder.little($0 + EventHeader.size, 6) } ?? 0
    oversized = BinlogError(
      .tooLarge, "an event of a compressed transaction has \(header.length) bytes, the limit is \(limit)")
    var left = header.length - Self.beginning
    while left > 0 {
      let got = try decompress(from: Self.beginning, to: min(room.count, Self.beginning + left))
      guard got > 0 else { throw Self.damaged }
      left -= got
    }
    return UnsafeRawBufferPointer(rebasing: room[..<Self.beginning])
  }

  private func nextPlain() throws(BinlogError) -> UnsafeRawBufferPointer? {
    guard input < packed.count else { return nil }
    let rest = UnsafeRawBufferPointer(rebasing: packed[input...])
    guard let header = EventHeader(rest), header.length <= rest.count else { throw Self.damaged }
    input += header.length
    return UnsafeRawBufferPointer(rebasing: rest[..<header.length])
  }

  private func grow(to size: Int, keep: Int) {
    guard room.count < size else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(max(size, 2 * room.count, 4096), max(limit, size)), alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: room[..<keep]))
    room.deallocate()
    room = larger
  }

  /// Fills a range of the room; how many bytes came before the data ended.
  private func decompress(from start: Int, to end: Int) throws(BinlogError) -> Int {
    var output = ZSTD_outBuffer(dst: room.baseAddress, size: end, pos: start)
    var source = ZSTD_inBuffer(src: packed.baseAddress, size: packed.count, pos: input)
    while output.pos < end {
      let before = (output.pos, source.pos)
      let result = ZSTD_decompressStream(stream, &output, &source)
      guard ZSTD_isError(result) == 0 else {
        if result == -Self.windowTooLarge {
          throw BinlogError(
            .tooLarge,
            "a compressed transaction needs more than \(limit) bytes: lower the server's compression level")
        }
        throw BinlogError(
          .damaged,
          "a compressed transaction cannot be decompressed: \(String(cString: ZSTD_getErrorName(result)))")
      }
      if before == (output.pos, source.pos) { break }
    }
    input = source.pos
    let count = output.pos - start
    guard UInt64(count) <= left else { throw Self.damaged }
    left -= UInt64(count)
    return count
  }

  private static let damaged = BinlogError(.damaged, "the content of a compressed transaction is damaged")
}
