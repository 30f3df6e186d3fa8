import Glibc
import Testing

/// What clients notice of nodes that stop, and of views that are being settled.
@Suite("nodes hand over", .serialized)
struct HandOverTests {
  @Test func `no write fails when the primary is stopped`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]")
    let writers = try WriteLoad.run(cluster, nodes: [1]) {
      usleep(300_000)
      cluster.nodes[0].process.signal(SIGTERM)
      _ = try cluster.nodes[0].process.wait()
      usleep(300_000)
    }
    for writer in writers {
      let troubles = writer.failures + writer.faults
      #expect(troubles.isEmpty, "\(troubles.prefix(3))")
      #expect(writer.writes > 50)
    }
  }

  @Test func `a primary outlives copies that are stopped, again and again`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]")
    for _ in 0..<(Binaries.isSlow ? 40 : 5) {
      _ = try WriteLoad.run(cluster, nodes: [1]) {
        usleep(100_000)
        cluster.nodes[1].process.signal(SIGTERM)
        _ = try cluster.nodes[1].process.wait()
      }
      #expect(cluster.nodes[0].isRunning, "\(cluster.nodes[0].errors)")
      try cluster.restart(1)
      try cluster.awaitReady()
    }
  }

  @Test func `who ends his side while nobody may answer gets his answer`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]")
    try cluster.nodes[1].connect().say("set k 0 0 1\nx", "STORED")
    let client = try cluster.nodes[1].connect()
    try cluster.kill(0)
    try client.send("set k 0 0 1\r\ny\r\nget k\r\n")
    client.finishSending()
    let answer = String(decoding: try client.readToEnd(), as: UTF8.self)
    #expect(answer == "STORED\r\nVALUE k 0 1\r\ny\r\nEND\r\n", "\(answer)")
  }

  @Test func `nodes with unequal memory hold the same`() throws {
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
