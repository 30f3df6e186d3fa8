import CHearth
import Glibc
import Testing

/// Nodes that come back load what they have missed, and nothing else.
@Suite("a node comes back", .serialized)
struct ResyncTests {
  /// Stores keys by pipelines.
  private func fill(_ client: Client, _ count: Int, size: Int = 100, name: String = "fill") throws {
    for start in stride(from: 0, to: count, by: 500) {
      var requests = ""
      for i in start..<min(start + 500, count) {
        let value = String(repeating: String(UnicodeScalar(UInt8(97 + i % 26))), count: size)
        requests += "set \(name)\(i) \(i) \(i % 3 == 0 ? 5000 : 0) \(size)\r\n\(value)\r\n"
      }
      let said = try client.exchange(Array((requests + "mn\r\n").utf8), end: "MN\r\n")
      let stored = String(decoding: said, as: UTF8.self).components("STORED\r\n")
      if stored != min(500, count - start) {
        throw TestFailure("only \(stored) of 500 are stored: \(printable(said.suffix(200).map { $0 }))")
      }
    }
  }

  @Test(arguments: [false, true])
  func `a node that was restarted has everything, though writes went on`(withEtcd: Bool) throws {
    let settings = ["resync_rate: 8m"]
    let cluster: TestCluster
    if withEtcd {
      cluster = try TestCluster(copies: "[[a], [b]]", settings: settings)
    } else {
      cluster = try TestCluster(
        2, pools: "  - {name: default, copies: [[a], [b]]}", settings: settings + ["peer_timeout: 2s"],
        hasStateFiles: true, starts: false)
      try cluster.bootstrap([0])
    }
    try fill(try cluster.nodes[0].connect(), 8000)
    try fill(try cluster.nodes[1].connect(), 300, size: 9000, name: "mid")
    try fill(try cluster.nodes[1].connect(), 10, size: 200_000, name: "large")
    try cluster.kill(1)
    let writers = try WriteLoad.run(cluster, nodes: [0], keys: 2000) {
      usleep(100_000)
      try cluster.restart(1)
      try cluster.awaitReady()
    }
    for writer in writers {
      #expect(writer.faults.isEmpty, "\(writer.faults.prefix(3))")
      #expect(try writer.verify(at: cluster.nodes[1]) == [])
    }
    let differences = try cluster.differences(0, 1)
    #expect(differences.isEmpty, "\(differences.prefix(5)) of \(differences.count)")
    let keys = try cluster.contents(of: 0).keys.sorted()
    #expect(keys.count > 8310)
    let before = try cluster.values(keys, at: 1)
    #expect(before == (try cluster.values(keys, at: 0)))
    // Alone it has all of it, too.
    if withEtcd {
      try cluster.kill(0)
      try cluster.awaitReady([1])
      #expect(try cluster.values(keys, at: 1) == before)
    }
  }

  @Test func `what was removed and flushed meanwhile does not come back`() throws {
    let cluster = try TestCluster(copies: "[[a], [b, c]]")
    let a = try cluster.nodes[0].connect()
    try fill(a, 3000)
    try cluster.kill(1)
    try cluster.awaitReady([0, 2])
    for i in 0..<1000 { try a.say("delete fill\(i)", "DELETED") }
    try cluster.restart(1)
    try cluster.awaitReady()
    let b = try cluster.nodes[1].connect()
    for i in 0..<1000 { try b.say("get fill\(i)", "END") }
    #expect(try b.ask("get fill2500").hasPrefix("VALUE"))
    try cluster.kill(2)
    try cluster.awaitReady([0, 1])
    try a.say("flush_all", "OK")
    try cluster.restart(2)
    try cluster.awaitReady()
    for index in 0..<3 { #expect(try cluster.contents(of: index) == [:]) }
  }

  /// A node that was stopped for a while keeps what it has and takes what it has missed from the journal.
  @Test func `a node that was away for a moment takes the gap`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", settings: ["degrade_after: 400ms"])
    let a = try cluster.nodes[0].connect()
    try fill(a, 2000)
    cluster.nodes[1].process.signal(SIGSTOP)
    try a.say("set gap 0 0 1\nx", "STORED")
    try eventually("it is counted out") { try !cluster.report(at: 0)[1].isReady }
    try fill(a, 500)
    cluster.nodes[1].process.signal(SIGCONT)
    try cluster.awaitReady()
    #expect(!cluster.nodes[1].errors.contains("discards"), "\(cluster.nodes[1].errors)")
    let differences = try cluster.differences(0, 1)
    #expect(differences.isEmpty, "\(differences.prefix(5)) of \(differences.count)")
    try cluster.nodes[1].connect().say("get gap", "VALUE gap 0 1\nx\nEND")
  }

  /// A primary that was stopped is replaced; what it is asked afterwards is not answered from what it had.
  @Test func `a primary that was stopped tells nothing old`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]")
    let (a, b) = (try cluster.nodes[0].connect(), try cluster.nodes[1].connect())
    for i in 0..<100 { try a.say("set s\(i) 0 0 3\nold", "STORED") }
    cluster.nodes[0].process.signal(SIGSTOP)
    try eventually("it is replaced") { try !cluster.report(at: 1)[0].isReady }
    // Asked before it goes on, so that it reads this first.
    for i in 0..<100 { try a.send("get s\(i)\r\n") }
    for i in 0..<100 { try b.say("set s\(i) 0 0 3\nnew", "STORED") }
    cluster.nodes[0].process.signal(SIGCONT)
    for _ in 0..<100 {
      let line = try a.readLine()
      if line.hasPrefix("SERVER_ERROR") { continue }
      #expect(line.hasPrefix("VALUE"))
      #expect(try a.readLine() == "new")
      #expect(try a.readLine() == "END")
    }
    try cluster.awaitReady()
    for i in 0..<100 { try a.say("get s\(i)", "VALUE s\(i) 0 3\nnew\nEND") }
    #expect(try cluster.differences(0, 1) == [])
  }
}
