/// The 19 bytes before every event.
public struct EventHeader: Sendable {
  /// Seconds since 1970 when the statement began; 0 in artificial events.
  public let timestamp: UInt32
  /// One of `EventType`, or a number this decoder does not know.
  public let type: UInt8
  /// `server_id` of the server that wrote it first.
  public let serverID: UInt32
  /// Bytes of the whole event, header and checksum included.
  public let length: Int
  /// Low 32 bits of the position after the event; 0 where it has none.
  public let nextPosition: UInt32
  /// LOG_EVENT_*_F.
  public let flags: UInt16

  static let size = 19
  /// The file was not closed: the checksum of its FORMAT_DESCRIPTION was made without this bit.
  static let inUse: UInt16 = 0x1
  /// Made by the sending server for this connection.
  static let artificial: UInt16 = 0x20
  /// A reader that does not know the type may go on.
  static let ignorable: UInt16 = 0x80

  /// nil: less than a header, or a length that is none.
  init?(_ bytes: UnsafeRawBufferPointer) {
    var reader = EventBytes(bytes)
    timestamp = reader.uint32()
    type = reader.byte()
    serverID = reader.uint32()
    length = Int(reader.uint32())
    nextPosition = reader.uint32()
    flags = reader.uint16()
    guard !reader.failed, length >= Self.size else { return nil }
  }
}
