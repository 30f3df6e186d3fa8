extension TestCluster {
  /// What a node itself holds, by key: its expiry, its version and its size as `metadump` tells them.
  func contents(of index: Int) throws -> [String: String] {
    let dump = try nodes[index].connect().exchange(Array("lru_crawler metadump all\r\n".utf8), end: "END\r\n")
    var contents: [String: String] = [:]
    for line in String(decoding: dump, as: UTF8.self).split(separator: "\n") where line.hasPrefix("key=") {
      let words = line.split(separator: " ")
      contents[String(words[0].dropFirst(4))] =
        words.filter { word in ["exp=", "cas=", "size="].contains { word.hasPrefix($0) } }.joined(
          separator: " ")
    }
    return contents
  }

  /// How the contents of two nodes differ; empty: not at all.
  func differences(_ one: Int, _ other: Int) throws -> [String] {
    let (left, right) = (try contents(of: one), try contents(of: other))
    return Set(left.keys).union(right.keys).sorted().filter { left[$0] != right[$0] }.map {
      "\($0): \(names[one]) \(left[$0] ?? "has it not"), \(names[other]) \(right[$0] ?? "has it not")"
    }
  }

  /// The values of keys as a node answers them, asked for a hundred at a time.
  func values(_ keys: [String], at index: Int) throws -> String {
    let client = try nodes[index].connect()
    var text = ""
    for start in stride(from: 0, to: keys.count, by: 100) {
      text += try client.ask("gets " + keys[start..<min(start + 100, keys.count)].joined(separator: " "))
    }
    return text
  }
}
