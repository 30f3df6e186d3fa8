extension FollowRequest {
  func write(to writer: inout FieldWriter) {
    writer.write(view)
    writer.write(incarnation)
    writer.write(stream)
    writer.write(position != nil)
    position?.write(to: &writer)
    writer.write(isRefresh)
    writer.write(count: lost.count)
    for source in lost {
      writer.write(node: source.node)
      source.position.write(to: &writer)
      writer.write(source.last)
    }
  }

  init(reading reader: inout FieldReader) throws(FieldReader.Malformed) {
    view = try reader.quantity()
    incarnation = try reader.word()
    stream = try reader.word()
    position = try reader.flag() ? try StreamPosition(reading: &reader) : nil
    isRefresh = try reader.flag()
    lost = []
    for _ in 0..<(try reader.count(elementSize: 9 + StreamPosition.encodedSize)) {
      lost.append(
        LostSource(
          node: try reader.node(of: 64), position: try StreamPosition(reading: &reader),
          last: try reader.quantity()))
    }
  }
}
