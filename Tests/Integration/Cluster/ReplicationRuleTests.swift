import CHearth
import Glibc
import TestDatabase
import Testing

/// What the configuration and the operator say about copies.
@Suite("the rules of copies", .serialized)
struct ReplicationRuleTests {
  @Test func `min_ready refuses writes while a node is alone`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", rule: "min_ready: 2")
    let a = try cluster.nodes[0].connect()
    try a.say("set m 0 0 1\nx", "STORED")
    try cluster.kill(1)
    try cluster.awaitReady([0])
    let refusal = "SERVER_ERROR fewer copies of the key are ready than min_ready asks for"
    try a.say("set m 0 0 1\ny", refusal)
    try a.say("delete m", refusal)
    try a.say("incr m 1", refusal)
    try a.say("ms m 1\ny", refusal)
    let large = Array("set m 0 0 100000\r\n".utf8) + [UInt8](repeating: 65, count: 100_000) + [13, 10]
    #expect(try a.exchange(large, end: "\r\n") == Array("\(refusal)\r\n".utf8))
    try a.say("get m", "VALUE m 0 1\nx\nEND")
    try cluster.restart(1)
    try cluster.awaitReady()
    try cluster.nodes[1].connect().say("set m 0 0 1\nz", "STORED")
    try a.say("get m", "VALUE m 0 1\nz\nEND")
  }

  @Test func `async copies follow, and a primary's loss costs no more than the lag`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", rule: "replication: async, lag_time: 100ms")
    let writers = try WriteLoad.run(cluster, nodes: [0, 1]) { usleep(700_000) }
    for writer in writers {
      #expect(writer.writes > 100)
      try eventually("the copies follow") {
        try writer.verify(at: cluster.nodes[0]).isEmpty && writer.verify(at: cluster.nodes[1]).isEmpty
      }
    }
    let a = try cluster.nodes[0].connect()
    for i in 0..<100 { try a.say("set lag\(i) 0 0 1\nx", "STORED") }
    usleep(300_000)
    try cluster.kill(0)
    try cluster.awaitReady([1])
    let b = try cluster.nodes[1].connect()
    for i in 0..<100 { try b.say("get lag\(i)", "VALUE lag\(i) 0 1\nx\nEND") }
    try b.say("set lag1 0 0 1\ny", "STORED")
  }

  @Test func `an async copy that stands still slows writers down and is counted out`() throws {
    let cluster = try TestCluster(
      copies: "[[a], [b]]", rule: "replication: async, lag_time: 100ms", settings: ["degrade_after: 1500ms"])
    let a = try cluster.nodes[0].connect()
    try a.say("set s 0 0 1\nx", "STORED")
    cluster.nodes[1].process.signal(SIGSTOP)
    defer { cluster.nodes[1].process.signal(SIGCONT) }
    let began = hearth_monotonic_ns()
    var longest: UInt64 = 0
    while hearth_monotonic_ns() - began < 2_500_000_000 {
      let before = hearth_monotonic_ns()
      let reply = try a.ask("set s 0 0 1\ny")
      if reply != "STORED\r\n" { throw TestFailure(reply) }
      longest = max(longest, hearth_monotonic_ns() - before)
      usleep(5000)
    }
    #expect(longest > 500_000_000, "nobody waited: \(longest / 1_000_000) ms")
    try eventually("it is counted out") { try !cluster.report(at: 0)[1].isReady }
    try a.say("set s 0 0 1\nz", "STORED")
    cluster.nodes[1].process.signal(SIGCONT)
    try cluster.awaitReady()
    try eventually("it has followed") { try cluster.differences(0, 1).isEmpty }
  }

  @Test func `drain hands everything over without a gap`() throws {
    let cluster = try TestCluster(copies: "[[a], [b, c]]")
    let writers = try WriteLoad.run(cluster, nodes: [1, 2]) {
      usleep(300_000)
      try cluster.order("drain", at: 0)
      try eventually("it is out") { try !cluster.report(at: 1)[0].isReady }
      usleep(300_000)
    }
    for writer in writers {
      #expect(writer.faults.isEmpty, "\(writer.faults.prefix(3))")
      // What was in flight when the node left may be told to be unknown.
      #expect(writer.failures.count <= 1, "\(writer.failures.prefix(3))")
      #expect(writer.longestPause < 1_500_000_000)
    }
    #expect(try cluster.nodes[0].stop() == .exit(0))
    try cluster.restart(0)
    try cluster.awaitReady()
    for writer in writers { #expect(try writer.verify(at: cluster.nodes[0]) == []) }
  }

  @Test func `a node is dropped by the operator, but the last one is not`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]")
    let b = try cluster.nodes[1].connect()
    try b.say("set d 0 0 1\nx", "STORED")
    cluster.nodes[0].process.signal(SIGSTOP)
    try cluster.order("drop", #"{"node":"a"}"#, at: 1)
    try eventually("it is out") { try !cluster.report(at: 1)[0].isReady }
    try b.say("set d 0 0 1\ny", "STORED")
    let answer = try cluster.http("POST", "/v1/cluster/drop", #"{"node":"b"}"#, at: 1)
    #expect(answer.hasPrefix("HTTP/1.1 409 ") && answer.contains("they would be lost"), "\(answer)")
    #expect(try cluster.report(at: 1)[1].isReady)
    try b.say("get d", "VALUE d 0 1\ny\nEND")
    cluster.nodes[0].process.signal(SIGCONT)
    try cluster.awaitReady()
    try cluster.nodes[0].connect().say("get d", "VALUE d 0 1\ny\nEND")
  }

  @Test func `while etcd is away nothing changes, and a lost node is replaced when it is back`() throws {
    let etcd = try PrivateEtcd()
    let cluster = try TestCluster(copies: "[[a], [b]]", etcd: etcd)
    let (a, b) = (try cluster.nodes[0].connect(), try cluster.nodes[1].connect())
    etcd.kill()
    for i in 0..<50 {
      try (i % 2 == 0 ? a : b).say("set e\(i) 0 0 1\nx", "STORED")
      try (i % 2 == 0 ? b : a).say("get e\(i)", "VALUE e\(i) 0 1\nx\nEND")
      usleep(20_000)
    }
    try cluster.kill(0)
    let refusal = try b.ask("set e1 0 0 1\ny")
    #expect(refusal.hasPrefix("SERVER_ERROR"), "\(refusal)")
    try etcd.start()
    try cluster.awaitReady([1])
    for i in 0..<50 { try b.say("get e\(i)", "VALUE e\(i) 0 1\nx\nEND") }
    try b.say("set e1 0 0 1\ny", "STORED")
  }
}
