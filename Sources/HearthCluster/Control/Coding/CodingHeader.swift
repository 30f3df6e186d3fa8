/// The first two bytes of everything that is encoded: what it is, and the version of how. Other versions are not read.
enum CodingHeader: UInt8 {
  case message = 0x4d
  case view = 0x56
  case durable = 0x44

  /// Raised with every change of what follows.
  static let version: UInt8 = 2

  func write(to writer: inout FieldWriter) {
    writer.write(rawValue)
    writer.write(Self.version)
  }

  func read(from reader: inout FieldReader) throws(FieldReader.Malformed) {
    let kind = try reader.byte()
    let version = try reader.byte()
    guard kind == rawValue, version == Self.version else { throw FieldReader.Malformed() }
  }

  /// Appends the header and what `body` writes.
  func encode(into bytes: inout [UInt8], _ body: (inout FieldWriter) -> Void) {
    // Taken out, so that appending does not copy.
    var writer = FieldWriter(exchange(&bytes, with: []))
    write(to: &writer)
    body(&writer)
    bytes = writer.finish()
  }

  /// Reads the header and what `body` reads, up to the end; nil: it is something else.
  func decode<Value>(
    _ bytes: UnsafeRawBufferPointer, _ body: (inout FieldReader) throws(FieldReader.Malformed) -> Value
  ) -> Value? {
    var reader = FieldReader(bytes)
    do throws(FieldReader.Malformed) {
      try read(from: &reader)
      let value = try body(&reader)
      try reader.finish()
      return value
    } catch {
      return nil
    }
  }
}
