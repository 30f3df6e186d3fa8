import CZlib

/// Turns the packets of one replication stream, or the events of one binlog file after another, into values. Pure: bytes in,
/// events out. Belongs to one thread. Memory: the table maps of one file, and one decompressed piece up to the limit.
///
///     try decoder.begin(packet)
///     while let event = try decoder.next() { .. }
public struct BinlogDecoder: ~Copyable {
  /// Where to go on: after the event told last, and inside a compressed transaction after the whole of it.
  public private(set) var position: BinlogPosition
  /// The header of the event told last.
  public private(set) var header: EventHeader?
  /// What the last FORMAT_DESCRIPTION said; nil: none came yet.
  public internal(set) var format: BinlogFormat?

  /// The packet that `next` looks at; nil: told already.
  private var packet: UnsafeRawBufferPointer?
  private var payload: PayloadReader?
  var tables = TableMapCache()
  /// Statements now belong to a transaction that an event of its own ends.
  var isInTransaction = false
  var inflation: InflationBuffer

  /// A decoder for a stream that begins at `position`. No piece is decompressed that becomes larger than
  /// `decompressedLimit` bytes.
  public init(
    at position: BinlogPosition = BinlogPosition(file: "", offset: 4), decompressedLimit: Int = 16 << 20
  ) {
    self.position = position
    inflation = InflationBuffer(limit: decompressedLimit)
  }

  /// Takes a packet: one event, from its header on. It has to stay in place until `next` returned nil.
  public mutating func begin(_ packet: UnsafeRawBufferPointer) {
    self.packet = packet
    payload = nil
  }

  /// The next event of the packet; nil: it has no more.
  ///
  /// Throws when the stream cannot be followed any further from here.
  public mutating func next() throws(BinlogError) -> BinlogEvent? {
    do throws(BinlogError) {
      if let payload { return try nextInner(payload) }
      guard let packet else { return nil }
      self.packet = nil
      return try decode(packet)
    } catch {
      payload = nil
      throw located(error)
    }
  }

  private mutating func decode(_ packet: UnsafeRawBufferPointer) throws(BinlogError) -> BinlogEvent? {
    guard let header = EventHeader(packet), header.length == packet.count else {
      throw BinlogError(.damaged, "an event of \(packet.count) bytes has no header or another length in it")
    }
    var body = UnsafeRawBufferPointer(rebasing: packet[EventHeader.size...])
    if header.type == EventType.format {
      let format = try BinlogFormat(body)
      if format.hasChecksum, !Self.isIntact(packet, header) { throw Self.checksumError(header) }
      self.format = format
      tables.forget()
      advance(header)
      return .format(format)
    }
    if let format {
      if format.hasChecksum {
        guard body.count >= 4, Self.isIntact(packet, header) else { throw Self.checksumError(header) }
        body = UnsafeRawBufferPointer(rebasing: body.dropLast(4))
      }
    } else if body.count >= 4, Self.isIntact(packet, header) {
      // The ROTATE that comes before the FORMAT_DESCRIPTION has a checksum or not.
      body = UnsafeRawBufferPointer(rebasing: body.dropLast(4))
    }
    if header.type == EventType.transactionPayload {
      let payload = try PayloadReader(body, limit: inflation.limit)
      advance(header)
      self.payload = payload
      return try nextInner(payload)
    }
    let event = try decode(header, body)
    if case .rotate(let target) = event {
      self.header = header
      position = target
      tables.forget()
    } else {
      advance(header)
    }
    return event
  }

  /// An event inside a compressed transaction: without checksum and without position.
  private mutating func nextInner(_ payload: PayloadReader) throws(BinlogError) -> BinlogEvent? {
    guard let bytes = try payload.next() else {
      self.payload = nil
      return nil
    }
    if let error = payload.oversized {
      return .unreadableRows(tables[payload.oversizedTable], located(error))
    }
    guard let header = EventHeader(bytes), header.length == bytes.count else {
      throw BinlogError(.damaged, "an event of a compressed transaction has another length")
    }
    switch header.type {
    case EventType.format, EventType.rotate, EventType.transactionPayload:
      throw BinlogError(.damaged, "a compressed transaction contains an event of type \(header.type)")
    default: break
    }
    self.header = header
    return try decode(header, UnsafeRawBufferPointer(rebasing: bytes[EventHeader.size...]))
  }

  /// Headers have 32 bits of the position; files can be larger.
  private mutating func advance(_ header: EventHeader) {
    self.header = header
    guard header.nextPosition != 0, header.flags & EventHeader.artificial == 0,
      header.type != EventType.heartbeat, header.type != EventType.heartbeatV2
    else { return }
    let page: UInt64 = 1 << 32
    var next = position.offset & ~(page - 1) | UInt64(header.nextPosition)
    if next < position.offset, position.offset - next > page / 2 { next &+= page }
    position.offset = next
  }

  private static func checksumError(_ header: EventHeader) -> BinlogError {
    BinlogError(
      .checksum, "the checksum of an event of type \(header.type) with \(header.length) bytes is wrong")
  }

  /// Whether the last four bytes are the CRC32 of those before them.
  private static func isIntact(_ event: UnsafeRawBufferPointer, _ header: EventHeader) -> Bool {
    let count = event.count - 4
    guard count >= EventHeader.size, count <= Int(UInt32.max),
      let base = event.baseAddress?.assumingMemoryBound(to: UInt8.self)
    else { return false }
    var sum = crc32(0, base, 17)
    // The server sets the bit after it made the checksum.
    var flag = header.type == EventType.format ? base[17] & ~UInt8(EventHeader.inUse) : base[17]
    sum = crc32(sum, &flag, 1)
    sum = crc32(sum, base + 18, UInt32(count - 18))
    return sum == UInt(event.loadUnaligned(fromByteOffset: count, as: UInt32.self))
  }
}
