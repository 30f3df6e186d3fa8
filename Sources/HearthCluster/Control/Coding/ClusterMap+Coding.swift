extension ClusterMap {
  func write(to writer: inout FieldWriter) {
    writer.write(count: nodes.count)
    for node in nodes {
      writer.write(node.name)
      writer.write(node.zone)
      writer.write(node.host)
      writer.write(UInt32(node.port))
      writer.write(node.peerHost)
      writer.write(UInt32(node.peerPort))
      writer.write(node.weight)
    }
    writer.write(count: pools.count)
    for pool in pools {
      writer.write(pool.name)
      writer.write(count: pool.copies.count)
      for copy in pool.copies { writer.write(copy) }
    }
    writer.write(count: pairs.count)
    for pair in pairs {
      writer.write(node: pair.first)
      writer.write(node: pair.second)
    }
  }

  /// Only a map whose numbers fit together: 1 to 64 nodes, copies that share no node, pairs of two.
  init(reading reader: inout FieldReader) throws(FieldReader.Malformed) {
    nodes = []
    pools = []
    pairs = []
    for _ in 0..<(try reader.count(elementSize: 28)) { nodes.append(try MapNode(reading: &reader)) }
    guard 1...64 ~= nodes.count else { throw FieldReader.Malformed() }
    for _ in 0..<(try reader.count(elementSize: 8)) { try readPool(&reader) }
    for _ in 0..<(try reader.count(elementSize: 2)) {
      let pair = StandbyPair(try reader.node(of: nodes.count), try reader.node(of: nodes.count))
      guard pair.first != pair.second else { throw FieldReader.Malformed() }
      pairs.append(pair)
    }
  }

  private mutating func readPool(_ reader: inout FieldReader) throws(FieldReader.Malformed) {
    var pool = MapPool(name: try reader.text(), copies: [])
    var taken: NodeSet = []
    for _ in 0..<(try reader.count(elementSize: 8)) {
      let copy = try reader.nodes(of: nodes.count)
      guard !copy.isEmpty, copy.intersection(taken).isEmpty else { throw FieldReader.Malformed() }
      taken = taken.union(copy)
      pool.copies.append(copy)
    }
    pools.append(pool)
  }
}

extension MapNode {
  fileprivate init(reading reader: inout FieldReader) throws(FieldReader.Malformed) {
    name = try reader.text()
    zone = try reader.text()
    host = try reader.text()
    port = try reader.port()
    peerHost = try reader.text()
    peerPort = try reader.port()
    weight = try reader.weight()
  }
}
