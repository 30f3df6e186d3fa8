extension View {
  /// Appends the view, for a store. A few hundred bytes.
  public func encode(into bytes: inout [UInt8]) { CodingHeader.view.encode(into: &bytes) { write(to: &$0) } }

  /// Reads what `encode` wrote; nil: these bytes are not a view, or one in which things contradict each other. Its map may be
  /// another than the own one.
  public init?(decoding bytes: UnsafeRawBufferPointer) {
    let view = CodingHeader.view.decode(bytes) { (reader) throws(FieldReader.Malformed) in
      try View(reading: &reader)
    }
    guard let view else { return nil }
    self = view
  }

  func write(to writer: inout FieldWriter) {
    writer.write(number)
    map.write(to: &writer)
    for standing in standings {
      writer.write(standing.incarnation)
      writer.write(standing.since)
      writer.write(standing.epoch)
    }
    for active in actives { writer.write(node: active) }
    writer.write(change != nil)
    if let change {
      change.map.write(to: &writer)
      writer.write(change.isConcluded)
      writer.write(change.since)
      writer.write(change.complete)
    }
  }

  init(reading reader: inout FieldReader) throws(FieldReader.Malformed) {
    let number = try reader.quantity()
    let map = try ClusterMap(reading: &reader)
    var standings: [Standing] = []
    for _ in map.nodes {
      var standing = Standing()
      standing.incarnation = try reader.word()
      standing.since = try reader.word()
      standing.epoch = try reader.word()
      standings.append(standing)
    }
    var actives: [Int] = []
    for _ in map.pairs { actives.append(try reader.node(of: map.nodes.count)) }
    var change: MapChange?
    if try reader.flag() {
      change = MapChange(
        map: try ClusterMap(reading: &reader), isConcluded: try reader.flag(), since: try reader.quantity(),
        complete: try reader.nodes(of: map.nodes.count))
    }
    guard
      let view = View(number: number, map: map, standings: standings, actives: actives, change: change)
    else { throw FieldReader.Malformed() }
    self = view
  }
}
