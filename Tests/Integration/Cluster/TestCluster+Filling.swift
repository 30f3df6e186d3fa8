/// Many keys, and how many of them a node finds.
extension TestCluster {
  /// Stores `fill0`, `fill1` and so on.
  /// - Parameter size: Bytes of a value.
  func fill(_ count: Int, size: Int = 100, at index: Int = 0) throws {
    let client = try nodes[index].connect()
    let value = String(repeating: "v", count: size)
    for start in stride(from: 0, to: count, by: 500) {
      var requests = ""
      for i in start..<min(start + 500, count) { requests += "ms fill\(i) \(size) q\r\n\(value)\r\n" }
      let said = try client.exchange(Array((requests + "mn\r\n").utf8), end: "MN\r\n")
      if said.count != 4 { throw TestFailure("not all is stored: \(printable(said.prefix(200).map { $0 }))") }
    }
  }

  /// How many of them the node finds.
  func found(_ count: Int, at index: Int) throws -> Int {
    let client = try nodes[index].connect()
    var found = 0
    for start in stride(from: 0, to: count, by: 100) {
      let keys = (start..<min(start + 100, count)).map { "fill\($0)" }.joined(separator: " ")
      found += try client.ask("get \(keys)").components("VALUE ")
    }
    return found
  }
}
