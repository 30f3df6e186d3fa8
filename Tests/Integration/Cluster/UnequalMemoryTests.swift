import Testing

/// Copies at nodes that do not have the same room for them.
@Suite("nodes with unequal memory", .serialized)
struct UnequalMemoryTests {
  @Test func `they hold the same values, as a whole or in pieces`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", starts: false)
    try cluster.startNext()
    try cluster.startNext(flags: ["-m", "16"])
    try cluster.bootstrap([0])
    let (a, b) = (try cluster.nodes[0].connect(), try cluster.nodes[1].connect())
    let sizes = [10, 1000, 2500, 5000, 15_000, 40_000, 200_000]
    for size in sizes {
      try a.say("set k\(size) 0 0 \(size)\n\(String(repeating: "x", count: size))", "STORED")
    }
    try cluster.kill(0)
    try cluster.awaitReady([1])
    for size in sizes {
      #expect(try b.ask("get k\(size)").hasPrefix("VALUE k\(size) 0 \(size)\r\n"), "\(size)")
    }
    try cluster.restart(0)
    try cluster.awaitReady()
    let back = try cluster.nodes[0].connect()
    for size in sizes {
      #expect(try back.ask("get k\(size)").hasPrefix("VALUE k\(size) 0 \(size)\r\n"), "\(size)")
    }
  }

  @Test func `a copy that has no room for all of a deterministic pool is not counted on`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", rule: "kind: deterministic", starts: false)
    try cluster.startNext()
    try cluster.startNext(flags: ["-m", "16"])
    try cluster.bootstrap([0])
    let client = try cluster.nodes[0].connect()
    let value = String(repeating: "x", count: 3000)
    for i in 0..<8000 { try client.say("set k\(i) 0 0 3000\n\(value)", "STORED") }
    try eventually("b is not ready any more") { try !cluster.report(at: 0)[1].isReady }
    let b = try cluster.nodes[1].connect()
    for i in stride(from: 0, to: 8000, by: 100) {
      #expect(try b.ask("get k\(i)").hasPrefix("VALUE k\(i) 0 3000\r\n"))
    }
    #expect(cluster.nodes[1].errors.contains("too small for what this node has to hold"))
  }
}
