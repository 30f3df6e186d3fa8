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
}
