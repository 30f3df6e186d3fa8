/// What tests of herd protection over several nodes need to know.
extension TestCluster {
  /// A figure of `stats herd`, over all nodes that run.
  func sum(_ name: String) throws -> Int {
    try running.reduce(0) { sum, index in
      sum + (Int(try nodes[index].connect().statistics("herd")[name] ?? "") ?? 0)
    }
  }

  /// A key that a node has, by its answer to whom others pass it on; nothing is known of it afterwards.
  func key(of index: Int, _ prefix: String) throws -> String {
    let client = try nodes[index].connect()
    for i in 0..<1000 {
      let before = try forwarded(client)
      let answer = try client.ask("md \(prefix)\(i)")
      if !answer.hasPrefix("SERVER_ERROR"), try forwarded(client) == before { return "\(prefix)\(i)" }
    }
    throw TestFailure("node \(names[index]) has no key")
  }

  private func forwarded(_ client: Client) throws -> Int {
    try client.statistics("cluster").filter { $0.key.hasSuffix(":forwarded") }.reduce(0) {
      $0 + (Int($1.value) ?? 0)
    }
  }
}

extension Client {
  /// The value of a reply that begins with this line.
  func value(line: String) throws -> String {
    let first = try readLine()
    guard first == line else { throw TestFailure("the reply begins with \(first)") }
    let value = try readLine()
    let end = try readLine()
    guard end == "END" else { throw TestFailure("the reply ends with \(end)") }
    return value
  }
}
