/// The body of MySQL's GTID_TAGGED event (8.3), which is written with the server's own serialization library
/// (`libs/mysql/serialization`): fields with numbers, integers of variable length.
enum TaggedGTIDBody {
  /// nil: damaged, or the first four fields are not there.
  static func read(_ body: UnsafeRawBufferPointer) -> MySQLGTID? {
    var reader = EventBytes(body)
    // Version, size of the message, last field that must be understood.
    for _ in 0..<3 { _ = number(&reader) }
    var id = MySQLGTID(high: 0, low: 0, tag: "", number: 0)
    for field: UInt64 in 0..<4 {
      guard number(&reader) == field else { return nil }
      switch field {
      case 0: _ = number(&reader)
      case 1:
        for index in 0..<16 {
          let byte = number(&reader) & 0xFF
          if index < 8 { id.high = id.high << 8 | byte } else { id.low = id.low << 8 | byte }
        }
      case 2:
        // Signed numbers carry the sign in the lowest bit.
        let value = number(&reader)
        id.number = Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
      default:
        let length = number(&reader)
        guard length <= 32 else { return nil }
        id.tag = String(decoding: reader.take(Int(length)), as: UTF8.self)
      }
    }
    return reader.failed ? nil : id
  }

  /// The ones at the low end of the first byte count the bytes that follow; the value stands above them.
  private static func number(_ reader: inout EventBytes) -> UInt64 {
    let first = reader.byte()
    let more = (~first).trailingZeroBitCount
    if more == 8 { return reader.uint64() }
    var value = UInt64(first) >> UInt64(more + 1)
    if more > 0 { value |= reader.number(more) << UInt64(7 - more) }
    return value
  }
}
