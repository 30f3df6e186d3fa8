extension StreamPosition {
  /// Bytes that it takes.
  static let encodedSize = 24

  func write(to writer: inout FieldWriter) {
    writer.write(incarnation)
    writer.write(epoch)
    writer.write(sequence)
  }

  init(reading reader: inout FieldReader) throws(FieldReader.Malformed) {
    incarnation = try reader.word()
    epoch = try reader.quantity()
    sequence = try reader.quantity()
  }
}
