import CHearth
import Glibc
import Testing

/// Nodes that are lost: what was acknowledged stays, reads and writes go on.
@Suite("a node is lost", .serialized)
struct FailoverTests {
  @Test(arguments: ["[[a], [b]]", "[[a], [b, c]]", "[[a, b], [c, d]]"])
  func `no acknowledged write is lost with the first node`(layout: String) throws {
    let cluster = try TestCluster(copies: layout)
    let others = Array(1..<cluster.names.count)
    let writers = try WriteLoad.run(cluster, nodes: others) {
      usleep(700_000)
      try cluster.kill(0)
      try cluster.awaitReady(others)
      usleep(500_000)
    }
    for writer in writers {
      #expect(writer.faults.isEmpty, "\(writer.faults.prefix(3)) of \(writer.faults.count)")
      #expect(writer.writes > 100)
      #expect(writer.longestPause < 3_000_000_000, "\(writer.longestPause / 1_000_000) ms without a write")
      for index in others {
        let wrong = try writer.verify(at: cluster.nodes[index])
        #expect(wrong.isEmpty, "\(wrong.prefix(3)) of \(wrong.count)")
      }
    }
  }

  @Test func `versions stay good across the loss`() throws {
    let cluster = try TestCluster(copies: "[[a], [b, c]]")
    let (a, b, c) = (
      try cluster.nodes[0].connect(), try cluster.nodes[1].connect(), try cluster.nodes[2].connect()
    )
    var versions: [UInt64] = []
    for i in 0..<40 {
      try a.say("set v\(i) 0 0 1\na", "STORED")
      versions.append(try a.cas("v\(i)"))
    }
    try cluster.kill(0)
    try cluster.awaitReady([1, 2])
    for i in 0..<40 {
      #expect(try b.cas("v\(i)") == versions[i])
      #expect(try c.cas("v\(i)") == versions[i])
      try (i % 2 == 0 ? b : c).say("cas v\(i) 0 0 1 \(versions[i])\nb", "STORED")
      try (i % 2 == 0 ? c : b).say("cas v\(i) 0 0 1 \(versions[i])\nc", "EXISTS")
      #expect(try c.cas("v\(i)") > versions[i])
    }
    // It comes back as a copy, and is asked for versions again.
    for i in 0..<40 { versions[i] = try b.cas("v\(i)") }
    try cluster.restart(0)
    try cluster.awaitReady()
    let back = try cluster.nodes[0].connect()
    for i in 0..<40 {
      #expect(try back.cas("v\(i)") == versions[i])
      try back.say("cas v\(i) 0 0 1 \(versions[i])\nd", "STORED")
      try b.say("get v\(i)", "VALUE v\(i) 0 1\nd\nEND")
    }
  }

  /// Each node in turn is killed and comes back, under load through all of them.
  @Test func `each node in turn is lost and comes back, and the cache stays full`() throws {
    let cluster = try TestCluster(copies: "[[a], [b, c]]")
    let writers = try WriteLoad.run(cluster, nodes: [0, 1, 2]) {
      for index in 0..<3 {
        usleep(200_000)
        try cluster.kill(index)
        try cluster.awaitReady()
        usleep(200_000)
        try cluster.restart(index)
        try cluster.awaitReady()
      }
    }
    var (reads, misses) = (0, 0)
    for writer in writers {
      reads += writer.reads
      misses += writer.misses
      #expect(writer.faults.isEmpty, "\(writer.faults.prefix(3)) of \(writer.faults.count)")
      for node in cluster.nodes { #expect(try writer.verify(at: node) == []) }
    }
    #expect(reads > 1000 && misses * 100 <= reads, "\(misses) misses in \(reads) reads")
  }

  @Test func `without etcd nobody is promoted but by the operator`() throws {
    let cluster = try TestCluster(
      2, pools: "  - {name: default, copies: [[a], [b]]}", settings: ["peer_timeout: 500ms"],
      hasStateFiles: true, starts: false)
    try cluster.bootstrap([0])
    let b = try cluster.nodes[1].connect()
    for i in 0..<20 { try b.say("set o\(i) 0 0 1\nx", "STORED") }
    try cluster.kill(0)
    let began = hearth_monotonic_ns()
    let refusal = try b.ask("set o1 0 0 1\ny")
    #expect(refusal.hasPrefix("SERVER_ERROR"), "\(refusal)")
    while hearth_monotonic_ns() - began < 2_000_000_000 {
      #expect(try cluster.report(at: 1)[0].isReady)
      usleep(200_000)
    }
    try cluster.order("promote", #"{"node":"b"}"#, at: 1)
    try cluster.awaitReady([1])
    for i in 0..<20 { try b.say("get o\(i)", "VALUE o\(i) 0 1\nx\nEND") }
    try b.say("set o1 0 0 1\nz", "STORED")
    try cluster.restart(0)
    try cluster.awaitReady()
    try cluster.nodes[0].connect().say("get o1", "VALUE o1 0 1\nz\nEND")
  }

  @Test func `without etcd a lost copy is counted out, and one node alone goes on`() throws {
    let cluster = try TestCluster(
      2, pools: "  - {name: default, copies: [[a], [b]]}", settings: ["peer_timeout: 2s"],
      hasStateFiles: true, starts: false)
    try cluster.bootstrap([0])
    let a = try cluster.nodes[0].connect()
    try a.say("set p 0 0 1\nx", "STORED")
    try cluster.kill(1)
    try a.say("set p 0 0 1\ny", "STORED")
    try cluster.awaitReady([0])
    try cluster.restart(1)
    try cluster.awaitReady()
    try cluster.nodes[1].connect().say("get p", "VALUE p 0 1\ny\nEND")
  }
}
