extension DrainAnswer {
  func write(to writer: inout FieldWriter) {
    writer.write(sequence)
    writer.write(epoch)
    writer.write(start)
    writer.write(incarnation)
    writer.write(linger)
  }

  init(reading reader: inout FieldReader) throws(FieldReader.Malformed) {
    sequence = try reader.quantity()
    epoch = try reader.quantity()
    start = try reader.quantity()
    incarnation = try reader.word()
    linger = try reader.quantity()
  }
}
