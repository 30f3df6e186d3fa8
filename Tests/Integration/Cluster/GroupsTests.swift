import Glibc
import Testing

/// Groups of keys in pools with copies: void everywhere when the bump is answered, and for good.
@Suite("groups of keys have copies", .serialized)
struct GroupsTests {
  private static let rule = "generations: true"

  @Test func `a bump by any node is seen by all when it is answered`() throws {
    let cluster = try TestCluster(copies: "[[a], [b], [c]]", rule: Self.rule)
    let clients = try cluster.nodes.map { try $0.connect() }
    var last: UInt64 = 0
    for i in 0..<60 {
      let (writer, bumper) = (clients[i % 3], clients[i / 3 % 3])
      try writer.say("set user:1:name 0 0 2\n\(10 + i)", "STORED")
      try writer.say("set user:10:name 0 0 2\n\(10 + i)", "STORED")
      for client in clients { try client.say("get user:1:name", "VALUE user:1:name 0 2\n\(10 + i)\nEND") }
      let number = try UInt64(bumper.ask("incr gen/user:1 1").dropLast()) ?? 0
      #expect(number > last)
      last = number
      for client in clients {
        try client.say("get user:1:name", "END")
        try client.say("get user:10:name", "VALUE user:10:name 0 2\n\(10 + i)\nEND")
        try client.say("get gen/user:1", "VALUE gen/user:1 0 \("\(number)".count)\n\(number)\nEND")
      }
    }
  }

  @Test func `other forms, lines with groups among keys, and what is refused`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", rule: Self.rule)
    let b = try cluster.nodes[1].connect()
    try b.say("set k:1 0 0 1\na", "STORED")
    try b.say("delete gen/k", "DELETED")
    try b.say("get k:1", "END")
    let line = try b.ask("get k:2 gen/k k:3")
    #expect(line.hasPrefix("VALUE gen/k 0 ") && line.hasSuffix("END\r\n"))
    #expect(try b.ask("ma gen/k v").hasPrefix("VA "))
    try b.say(
      "set gen/k 0 0 1\na", "CLIENT_ERROR this key names a group: use get, incr, delete, mg, ma or md")
    let large = String(repeating: "x", count: 300_000)
    try b.say(
      "set gen/k 0 0 300000\n\(large)",
      "CLIENT_ERROR this key names a group: use get, incr, delete, mg, ma or md")
    try b.say("set k:1 0 0 1\nb", "STORED")
    try b.say("get k:1", "VALUE k:1 0 1\nb\nEND")
  }

  @Test func `nothing void comes back with a lost primary, or with a node that returns`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", rule: Self.rule)
    let (a, b) = (try cluster.nodes[0].connect(), try cluster.nodes[1].connect())
    for i in 0..<200 { try a.say("set g\(i % 20):\(i) 0 0 1\na", "STORED") }
    for group in 0..<10 { _ = try b.ask("incr gen/g\(group) 1") }
    let number = try a.ask("get gen/g0")
    try cluster.kill(0)
    try cluster.awaitReady([1])
    #expect(try b.ask("get gen/g0") == number)
    for i in 0..<200 {
      try b.say("get g\(i % 20):\(i)", i % 20 < 10 ? "END" : "VALUE g\(i % 20):\(i) 0 1\na\nEND")
    }
    // While the other is away.
    for group in 10..<15 { _ = try b.ask("incr gen/g\(group) 1") }
    try b.say("set g3:3 0 0 1\nb", "STORED")
    try cluster.restart(0)
    try cluster.awaitReady()
    let back = try cluster.nodes[0].connect()
    for i in 0..<200 where i != 3 {
      try back.say("get g\(i % 20):\(i)", i % 20 < 15 ? "END" : "VALUE g\(i % 20):\(i) 0 1\na\nEND")
    }
    try back.say("get g3:3", "VALUE g3:3 0 1\nb\nEND")
    _ = try back.ask("incr gen/g3 1")
    try b.say("get g3:3", "END")
  }

  @Test func `only the pool's primary numbers, whatever else the other nodes are primary of`() throws {
    let cluster = try TestCluster(
      copies: "[[a], [b]]", rule: Self.rule,
      more: #"  - {name: s, prefix: "s:", memory: 16m, copies: [[b], [a]]}"#)
    let (a, b) = (try cluster.nodes[0].connect(), try cluster.nodes[1].connect())
    for i in 0..<20 {
      try b.say("set s:\(i) 0 0 1\nx", "STORED")
      _ = try (i % 2 == 0 ? a : b).ask("incr gen/g 1")
      try b.say("set g:\(i) 0 0 1\nx", "STORED")
      for client in [a, b] {
        try client.say("get g:\(i)", "VALUE g:\(i) 0 1\nx\nEND")
        if i > 0 { try client.say("get g:\(i - 1)", "END") }
      }
    }
  }

  /// Writers count up in keys of a group that is bumped all the time, by both nodes: what is read was written after the last bump
  /// that had been answered before.
  @Test func `what was made void is never read while nodes are lost`() throws {
    let cluster = try TestCluster(copies: "[[a], [b], [c]]", rule: Self.rule)
    let writers = (0..<4).map {
      GroupWriter("g\($0)", ports: [cluster.ports[1], cluster.ports[2]], seed: UInt64($0))
    }
    try WriteLoad.run(writers.map { writer in { writer.run(until: $0) } }) {
      usleep(500_000)
      try cluster.kill(0)
      try cluster.awaitReady([1, 2])
      usleep(300_000)
      try cluster.restart(0)
      try cluster.awaitReady()
      usleep(300_000)
    }
    for writer in writers {
      #expect(writer.faults.isEmpty, "\(writer.faults.prefix(3)) of \(writer.faults.count)")
      #expect(writer.bumps > 10 && writer.hits > 20, "\(writer.bumps) bumps, \(writer.hits) hits")
    }
  }
}
