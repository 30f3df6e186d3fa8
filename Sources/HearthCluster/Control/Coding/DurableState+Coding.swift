extension DurableState {
  /// Appends the state, for a file.
  public func encode(into bytes: inout [UInt8]) {
    CodingHeader.durable.encode(into: &bytes) { writer in
      view.write(to: &writer)
      writer.write(incarnation)
      writer.write(cleanSince)
      writer.write(holdsData)
      writer.write(isPartial)
      writer.write(begunEpoch)
      for source in sources { source.write(to: &writer) }
      writer.write(owed)
      writer.write(lost)
      writer.write(promised)
      writer.write(refreshing)
      writer.write(isDirty)
    }
  }

  /// Reads what `encode` wrote; nil: these bytes are no such state, or one in which things contradict each other. Its map may be
  /// another than the own one.
  public init?(decoding bytes: UnsafeRawBufferPointer) {
    let state = CodingHeader.durable.decode(bytes) { (reader) throws(FieldReader.Malformed) in
      try DurableState(reading: &reader)
    }
    guard let state else { return nil }
    self = state
  }

  private init(reading reader: inout FieldReader) throws(FieldReader.Malformed) {
    view = try View(reading: &reader)
    incarnation = try reader.word()
    cleanSince = try reader.quantity()
    holdsData = try reader.flag()
    isPartial = try reader.flag()
    begunEpoch = try reader.quantity()
    sources = []
    let nodes = view.map.nodes.count
    for _ in 0..<nodes { sources.append(try StreamPosition(reading: &reader)) }
    owed = try reader.nodes(of: nodes)
    lost = try reader.nodes(of: nodes)
    promised = try reader.nodes(of: nodes)
    refreshing = try reader.nodes(of: nodes)
    isDirty = try reader.flag()
  }
}
