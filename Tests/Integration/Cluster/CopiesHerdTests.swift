import Glibc
import Testing

/// One recomputation in pools with several copies: at the primary of the key, and at its successor.
@Suite("herd and copies")
struct CopiesHerdTests {
  private static let rule = "coalesce: {wait: 20s, lease: 20s}"

  @Test func `of all clients of all nodes one computes the value`() throws {
    let cluster = try TestCluster(copies: "[[a], [b, c]]", rule: Self.rule)
    for round in 0..<4 {
      let key = "k\(round)"
      let first = try cluster.nodes[round % 3].connect()
      #expect(try first.value(of: key) == nil)
      let others = try (0..<30).map { try cluster.nodes[$0 % 3].connect() }
      for client in others { try client.send("get \(key)\r\n") }
      try eventually("all wait") { try cluster.sum("readers_waiting") == 30 }
      try first.say("set \(key) 0 0 5\nvalue", "STORED")
      for client in others { #expect(try client.value(line: "VALUE \(key) 0 5") == "value") }
    }
    #expect(try cluster.sum("leases_given") == 4 && cluster.sum("spilled") == 0)
  }

  @Test(arguments: [SIGKILL, SIGTERM])
  func `readers wait on at the next primary when theirs is lost, and one computes anew`(way: Int32) throws {
    let cluster = try TestCluster(copies: "[[a], [b], [c]]", rule: Self.rule)
    let holder = try cluster.nodes[1].connect()
    #expect(try holder.value(of: "k") == nil)
    let readers = try (0..<20).map { try cluster.nodes[1 + $0 % 2].connect() }
    for client in readers { try client.send("get k\r\n") }
    try eventually("all wait") { try cluster.sum("readers_waiting") == 20 }
    cluster.nodes[0].process.signal(way)
    _ = try cluster.nodes[0].process.wait()
    // The lease is lost with its primary: one of them has to compute, by whichever node.
    try eventually("one is told, the others wait") { try cluster.sum("readers_waiting") == 19 }
    try holder.say("set k 0 0 5\nvalue", "STORED")
    var misses = 0
    for client in readers {
      let first = try client.readLine()
      if first == "END" {
        misses += 1
      } else {
        #expect(first == "VALUE k 0 5")
        #expect(try (client.readLine(), client.readLine()) == ("value", "END"))
      }
    }
    #expect(misses == 1)
  }

  @Test func `a switch of the pair moves who waits to the new primary`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", rule: Self.rule)
    let (holder, holds) = (try cluster.nodes[0].connect(), try cluster.nodes[0].connect())
    #expect(try holder.value(of: "k") == nil)
    #expect(try holds.value(of: "other") == nil)
    let readers = try (0..<20).map { try cluster.nodes[$0 % 2].connect() }
    for client in readers { try client.send("get k\r\n") }
    try eventually("all wait") { try cluster.sum("readers_waiting") == 20 }
    try cluster.order("drain", at: 0)
    try eventually("they wait at the new primary") {
      try cluster.nodes[1].connect().statistic("readers_waiting", of: "herd") == 19
    }
    try cluster.nodes[1].connect().say("set k 0 0 5\nvalue", "STORED")
    var values = 0
    for client in readers where try client.readLine() == "VALUE k 0 5" {
      #expect(try client.readLine() == "value")
      #expect(try client.readLine() == "END")
      values += 1
    }
    #expect(values == 19)
  }

  @Test func `after an invalidation only the new lease may set, whatever node it was given by`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", rule: "hold_off: 20s")
    let clients = try (0..<2).map { try cluster.nodes[$0].connect() }
    try clients[1].say("set k 0 0 3\nold", "STORED")
    try clients[1].say("md k I T30", "HD")
    for client in clients { try client.say("set k 0 0 4\nlate", "NOT_STORED") }
    let told = try clients[1].ask("mg k v")
    #expect(told.contains(" W"), "\(told)")
    try clients[0].say("set k 0 0 4\nlate", "NOT_STORED")
    try clients[1].say("set k 0 0 3\nnew", "STORED")
    for client in clients { #expect(try client.value(of: "k") == "new") }
    try clients[0].say("md k I T30", "HD")
    let token = try #require(
      try clients[0].ask("mg k c").split(separator: " ").first { $0.hasPrefix("c") }?.dropFirst())
    try clients[1].say("ms k 5 C\(token)\nnewer", "HD")
    #expect(try clients[0].value(of: "k") == "newer")
  }
}
