/// The first two bytes of everything that is encoded: what it is, and the version of how. Other versions are not read.
enum CodingHeader: UInt8 {
  case message = 0x4d
  case view = 0x56
  case durable = 0x44

  /// Raised with every change of what follows.
  var version: UInt8 {
    switch self {
    case .message: 3
    case .view, .durable: 2
    }
  }

  func write(to writer: inout FieldWriter) {
    writer.write(rawValue)
    writer.write(self.version)
  }

  func read(from reader: inout FieldReader) throws(FieldReader.Malformed) {
    let kind = try reader.byte()
    let version = try reader.byte()
    guard kind == rawValue, version == self.version else { throw FieldReader.Malformed() }
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
