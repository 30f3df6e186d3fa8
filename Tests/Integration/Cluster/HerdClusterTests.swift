import CHearth
import Glibc
import Testing

/// One recomputation for a key, whichever nodes its readers come by.
@Suite("herd over nodes")
struct HerdClusterTests {
  private static let rule = "coalesce: {wait: 10s, lease: 10s}"

  private func cluster(_ rule: String, nodes: Int = 3, settings: [String] = ["peer_timeout: 5s"]) throws
    -> TestCluster
  {
    let names = ["a", "b", "c"].prefix(nodes).joined(separator: ", ")
    return try TestCluster(
      nodes, pools: "  - {name: default, copies: [[\(names)]], \(rule)}", settings: settings)
  }

  @Test func `of all clients of all nodes one computes the value`() throws {
    let cluster = try cluster(Self.rule)
    for round in 0..<6 {
      let key = "k\(round)"
      let first = try cluster.nodes[round % 3].connect()
      #expect(try first.value(of: key) == nil)
      let others = try (0..<90).map { try cluster.nodes[$0 % 3].connect() }
      for client in others { try client.send("get \(key)\r\n") }
      try eventually("all wait") { try cluster.sum("readers_waiting") == 90 }
      try first.say("set \(key) 0 0 5\nvalue", "STORED")
      let reply = Array("VALUE \(key) 0 5\r\nvalue\r\nEND\r\n".utf8)
      for client in others { #expect(try client.read(reply.count) == reply) }
    }
    #expect(try cluster.sum("leases_given") == 6)
    #expect(try cluster.sum("leases_completed") == 6)
    #expect(try cluster.sum("readers_released") == 6 * 90)
    #expect(try cluster.sum("spilled") == 0)
  }

  @Test func `a holder that dies costs one lease, and a delete passes the lease on, by any node`() throws {
    let cluster = try cluster("coalesce: {wait: 10s, lease: 700ms}")
    for key in try (0..<3).map({ try cluster.key(of: $0, "d") }) {
      do {
        let holder = try cluster.nodes[1].connect()
        #expect(try holder.value(of: key) == nil)
      }
      let readers = try (0..<12).map { try cluster.nodes[$0 % 3].connect() }
      try readers[0].send("get \(key)\r\n")
      try eventually("it waits") { try cluster.sum("readers_waiting") == 1 }
      for client in readers.dropFirst() { try client.send("get \(key)\r\n") }
      #expect(try readers[0].read(5) == Array("END\r\n".utf8))
      try eventually("the others wait") { try cluster.sum("readers_waiting") == 11 }
      try readers[0].say("set \(key) 0 0 1\nx", "STORED")
      for client in readers.dropFirst() { #expect(try client.read(5) == Array("VALUE".utf8)) }
    }
    let key = try cluster.key(of: 0, "e")
    let (holder, waiter) = (try cluster.nodes[1].connect(), try cluster.nodes[2].connect())
    #expect(try holder.value(of: key) == nil)
    try waiter.send("get \(key)\r\n")
    try eventually("it waits") { try cluster.sum("readers_waiting") == 1 }
    try cluster.nodes[0].connect().say("delete \(key)", "NOT_FOUND")
    #expect(try waiter.read(5) == Array("END\r\n".utf8))
  }

  @Test func `who has waited long enough, and who is one too many, gets a miss`() throws {
    // The wait is longer than a node may take to answer.
    let cluster = try cluster(
      "coalesce: {wait: 2s, lease: 30s, max_waiters: 2}", settings: ["peer_timeout: 500ms"])
    let key = try cluster.key(of: 0, "w")
    let clients = try (0..<4).map { try cluster.nodes[1 + $0 % 2].connect() }
    #expect(try clients[0].value(of: key) == nil)
    let began = hearth_monotonic_ns()
    for i in 1...2 { try clients[i].send("get \(key)\r\n") }
    try eventually("they wait") { try cluster.sum("readers_waiting") == 2 }
    #expect(try clients[3].value(of: key) == nil)
    #expect(hearth_monotonic_ns() - began < 1_500_000_000)
    for i in 1...2 { #expect(try clients[i].readLine() == "END") }
    #expect(2_000_000_000...4_000_000_000 ~= hearth_monotonic_ns() - began)
    #expect(try cluster.sum("spilled") == 3)
    #expect(try cluster.sum("readers_gave_up") == 2)
    for i in 1...2 {
      let statistics = try cluster.nodes[i].connect().statistics("cluster")
      #expect(statistics["a:failed"] == "0" && statistics["a:connections_lost"] == "0")
    }
  }

  @Test func `who waits delays nobody else who comes by the same node`() throws {
    let cluster = try cluster(Self.rule, nodes: 2)
    let (missing, present) = (try cluster.key(of: 0, "m"), try cluster.key(of: 0, "p"))
    let (holder, other) = (try cluster.nodes[1].connect(), try cluster.nodes[1].connect())
    #expect(try holder.value(of: missing) == nil)
    let waiters = try (0..<20).map { _ in try cluster.nodes[1].connect() }
    for client in waiters { try client.send("get \(missing)\r\n") }
    try eventually("they wait") { try cluster.sum("readers_waiting") == 20 }
    try other.say("set \(present) 0 0 1\nx", "STORED")
    let reply = "VALUE \(present) 0 1\r\nx\r\nEND\r\n"
    // More than can be under way between two nodes at a time.
    for _ in 0..<30 {
      let count = 400
      try other.send(String(repeating: "get \(present)\r\n", count: count))
      #expect(
        try other.read(count * reply.utf8.count) == Array(String(repeating: reply, count: count).utf8))
    }
    try holder.say("set \(missing) 0 0 1\ny", "STORED")
    for client in waiters { #expect(try client.value(line: "VALUE \(missing) 0 1") == "y") }
  }

  @Test func `a client's requests are done in order around a key that it waits for`() throws {
    let cluster = try cluster(Self.rule, nodes: 2)
    let (a, b, c) = (
      try cluster.key(of: 0, "x"), try cluster.key(of: 0, "y"), try cluster.key(of: 1, "z")
    )
    let (holder, reader) = (try cluster.nodes[0].connect(), try cluster.nodes[1].connect())
    for key in [a, c] { try holder.say("set \(key) 0 0 1\nx", "STORED") }
    #expect(try holder.value(of: b) == nil)
    try reader.send("get \(a) \(b) \(c) \(a)\r\nset \(b) 0 0 1\r\n2\r\nget \(b)\r\nmg \(c) v\r\nmn\r\n")
    try eventually("it waits") { try cluster.sum("readers_waiting") == 1 }
    usleep(100_000)
    try holder.say("set \(b) 0 0 1\n1", "STORED")
    let line = { (key: String, value: String) in "VALUE \(key) 0 1\r\n\(value)\r\n" }
    let replies =
      line(a, "x") + line(b, "1") + line(a, "x") + line(c, "x") + "END\r\nSTORED\r\n" + line(b, "2")
      + "END\r\nVA 1\r\nx\r\nMN\r\n"
    #expect(String(decoding: try reader.read(replies.utf8.count), as: UTF8.self) == replies)
    try reader.say("get nothing:\(b)", "END")
  }

  @Test func `meta readers wait by another node, too`() throws {
    let cluster = try cluster(Self.rule, nodes: 2)
    let key = try cluster.key(of: 0, "m")
    let (holder, meta) = (try cluster.nodes[1].connect(), try cluster.nodes[1].connect())
    try holder.say("mg \(key) v", "EN")
    try meta.send("mg \(key) v k Oabc\r\n")
    try eventually("it waits") { try cluster.sum("readers_waiting") == 1 }
    try holder.say("ms \(key) 2\nhi", "HD")
    let reply = "VA 2 k\(key) Oabc\r\nhi\r\n"
    #expect(try meta.read(reply.utf8.count) == Array(reply.utf8))
  }

  // ---- holders never wait

  @Test func `who holds a lease of one node does not wait at another`() throws {
    let cluster = try cluster(Self.rule)
    let keys = try (0..<3).map { try cluster.key(of: $0, "h") }
    let (x, y) = (try cluster.nodes[0].connect(), try cluster.nodes[1].connect())
    #expect(try x.value(of: keys[2]) == nil)
    #expect(try y.value(of: keys[0]) == nil)
    try x.say("get \(keys[0])", "END")
    try y.say("get \(keys[2])", "END")
    // Once it has brought its value it waits like anybody else.
    try x.say("set \(keys[2]) 0 0 1\nv", "STORED")
    try x.send("get \(keys[0])\r\n")
    try eventually("it waits") { try cluster.sum("readers_waiting") == 1 }
    try y.say("set \(keys[0]) 0 0 1\nv", "STORED")
    #expect(try x.value(line: "VALUE \(keys[0]) 0 1") == "v")
    // What it waits for already is answered when it is given a lease, be that here, there, or by its own node.
    let (held, free) = (try cluster.key(of: 2, "i"), try (0..<3).map { try cluster.key(of: $0, "j") })
    #expect(try y.value(of: held) == nil)
    for (i, key) in free.enumerated() {
      let client = try cluster.nodes[i].connect()
      try client.send("get \(held)\r\nget \(key)\r\n")
      #expect(try client.read(10) == Array("END\r\nEND\r\n".utf8), "\(i)")
    }
  }

  @Test func `lines with keys of several nodes never wait for each other`() throws {
    let cluster = try cluster(Self.rule)
    let clients = try (0..<6).map { try cluster.nodes[$0 % 3].connect() }
    let began = hearth_monotonic_ns()
    for round in 0..<40 {
      let keys = (0..<5).map { "r\(round):\($0)" }
      for (i, client) in clients.enumerated() {
        try client.send("get \((0..<5).map { keys[($0 + i) % 5] }.joined(separator: " "))\r\n")
      }
      // Everybody computes what it misses, in the order in which the answers come.
      var left = Set(0..<6)
      while !left.isEmpty {
        guard let i = left.first(where: { !clients[$0].staysSilent(milliseconds: 5) }) else { continue }
        left.remove(i)
        var found: Set<String> = []
        while true {
          let line = try clients[i].readLine()
          if line == "END" { break }
          #expect(line.hasPrefix("VALUE "))
          found.insert(String(line.split(separator: " ")[1]))
          _ = try clients[i].readLine()
        }
        for key in keys where !found.contains(key) { try clients[i].say("set \(key) 0 0 1\nx", "STORED") }
      }
    }
    // Waiting would have taken ten seconds each time.
    #expect(hearth_monotonic_ns() - began < 10_000_000_000)
  }

  // ---- leases by another node

  @Test func `the add of who refreshes a value acts as a set, whatever node he comes by`() throws {
    let cluster = try cluster("early_refresh: {before: 10s, lease: 30s}")
    let key = try cluster.key(of: 0, "r")
    let clients = try (0..<3).map { try cluster.nodes[$0].connect() }
    try clients[2].say("set \(key) 0 8 3\nold", "STORED")
    // In the last quarter of its life one client is told that it is missing.
    var holder = 0
    try eventually("a refresh is due") {
      for i in 1...2 where try clients[i].value(of: key) == nil { holder = i }
      return holder != 0
    }
    for i in 0..<3 where i != holder { #expect(try clients[i].value(of: key) == "old") }
    try clients[3 - holder].say("add \(key) 0 100 4\nelse", "NOT_STORED")
    try clients[holder].say("add \(key) 0 100 3\nnew", "STORED")
    for i in 0..<3 { #expect(try clients[i].value(of: key) == "new") }
    #expect(try cluster.sum("leases_given") == 1 && cluster.sum("refreshes_in_time") == 1)
  }

  @Test func `an expired value goes to all but the one who computes it`() throws {
    let cluster = try cluster("serve_stale: 30s, coalesce: {wait: 10s, lease: 30s}")
    let key = try cluster.key(of: 0, "s")
    let clients = try (0..<6).map { try cluster.nodes[$0 % 3].connect() }
    try clients[0].say("set \(key) 0 1 3\nold", "STORED")
    var holder = -1
    try eventually("it expires") {
      for i in 0..<6 where holder < 0 { if try clients[i].value(of: key) == nil { holder = i } }
      return holder >= 0
    }
    for i in 0..<6 { #expect(try clients[i].value(of: key) == (i == holder ? nil : "old")) }
    try clients[holder].say("set \(key) 0 100 3\nnew", "STORED")
    for client in clients { #expect(try client.value(of: key) == "new") }
    #expect(try cluster.sum("leases_given") == 1)
  }

  @Test func `after an invalidation only the new lease may set, whatever node it was given by`() throws {
    let cluster = try cluster("hold_off: 20s")
    let key = try cluster.key(of: 0, "i")
    let clients = try (0..<3).map { try cluster.nodes[$0].connect() }
    try clients[1].say("set \(key) 0 0 3\nold", "STORED")
    try clients[2].say("md \(key) I T30", "HD")
    // Who has read before that is late, and so is any client that was not told to compute.
    for client in clients { try client.say("set \(key) 0 0 4\nlate", "NOT_STORED") }
    let told = try clients[1].ask("mg \(key) v")
    #expect(told.contains(" W"), "\(told)")
    try clients[2].say("set \(key) 0 0 4\nlate", "NOT_STORED")
    try clients[2].say("ms \(key) 4\nlate", "NS")
    try clients[1].say("set \(key) 0 0 3\nnew", "STORED")
    for client in clients { #expect(try client.value(of: key) == "new") }
    // By its token another connection may bring the value.
    try clients[2].say("md \(key) I T30", "HD")
    let token = try #require(
      try clients[1].ask("mg \(key) c").split(separator: " ").first { $0.hasPrefix("c") }?.dropFirst())
    try clients[0].say("ms \(key) 4\nlate", "NS")
    try clients[2].say("ms \(key) 5 C\(token)\nnewer", "HD")
    #expect(try clients[0].value(of: key) == "newer")
  }

  @Test func `a large value of a holder is the holder's, too`() throws {
    let cluster = try cluster(Self.rule + ", hold_off: 20s", nodes: 2)
    let key = try cluster.key(of: 0, "l")
    let (holder, other, waiter) = (
      try cluster.nodes[1].connect(), try cluster.nodes[1].connect(), try cluster.nodes[1].connect()
    )
    try holder.say("set \(key) 0 0 1\nx", "STORED")
    try holder.say("md \(key) I T30", "HD")
    try holder.say("delete \(key)", "DELETED")
    #expect(try holder.value(of: key) == nil)
    try waiter.send("get \(key)\r\n")
    try eventually("it waits") { try cluster.sum("readers_waiting") == 1 }
    let value = String(repeating: "v", count: 300_000)
    try other.say("set \(key) 0 0 300000\n\(value)", "NOT_STORED")
    try holder.say("set \(key) 0 0 300000\n\(value)", "STORED")
    #expect(try waiter.value(line: "VALUE \(key) 0 300000") == value)
  }

  // ---- ends

  @Test func `who closes while it waits leaves nothing behind, nor does its node`() throws {
    let cluster = try cluster("coalesce: {wait: 30s, lease: 60s}")
    let key = try cluster.key(of: 0, "c")
    let holder = try cluster.nodes[0].connect()
    #expect(try holder.value(of: key) == nil)
    do {
      let readers = try (0..<20).map { try cluster.nodes[1 + $0 % 2].connect() }
      for (i, client) in readers.enumerated() {
        try client.send(i % 2 == 0 ? "get \(key)\r\n" : "get \(key)\r\nmn\r\nget \(key)\r\nset")
      }
      try withExtendedLifetime(readers) {
        try eventually("all wait") { try holder.statistic("readers_waiting", of: "herd") == 20 }
      }
    }
    try eventually("all are gone") { try holder.statistic("readers_waiting", of: "herd") == 0 }
    let late = try (0..<10).map { _ in try cluster.nodes[2].connect() }
    for client in late { try client.send("get \(key)\r\n") }
    try withExtendedLifetime(late) {
      try eventually("they wait") { try holder.statistic("readers_waiting", of: "herd") == 10 }
      try cluster.kill(2)
      try eventually("they are gone") { try holder.statistic("readers_waiting", of: "herd") == 0 }
    }
    let last = try cluster.nodes[1].connect()
    try last.send("get \(key)\r\n")
    try eventually("it waits") { try holder.statistic("readers_waiting", of: "herd") == 1 }
    try holder.say("set \(key) 0 0 1\nx", "STORED")
    #expect(try last.value(line: "VALUE \(key) 0 1") == "x")
  }

  @Test func `readers of a node that is killed get its error, and of one that ends a miss`() throws {
    let cluster = try cluster("coalesce: {wait: 30s, lease: 60s}")
    for (node, way) in [(1, SIGTERM), (2, SIGKILL)] {
      let key = try cluster.key(of: node, "n")
      let (holder, waiter) = (try cluster.nodes[0].connect(), try cluster.nodes[0].connect())
      #expect(try holder.value(of: key) == nil)
      try waiter.send("get \(key)\r\n")
      try eventually("it waits") {
        try cluster.nodes[node].connect().statistic("readers_waiting", of: "herd") == 1
      }
      cluster.nodes[node].process.signal(way)
      let name = cluster.names[node]
      #expect(
        try waiter.readLine() == (way == SIGTERM ? "END" : "SERVER_ERROR node \(name) is unreachable"))
    }
  }

  @Test func `a line asks for keys of several pools of another node`() throws {
    let cluster = try TestCluster(
      2,
      pools: """
          - {name: default, copies: [[a]], \(Self.rule)}
          - {name: two, prefix: "t:", memory: 16m, copies: [[a]]}
          - {name: three, prefix: "u:", memory: 16m, copies: [[a]], \(Self.rule)}
        """)
    let (holder, reader) = (try cluster.nodes[1].connect(), try cluster.nodes[1].connect())
    for key in ["1", "t:1", "u:1"] { try holder.say("set \(key) 0 0 1\nx", "STORED") }
    let all = ["1", "t:1", "u:1", "1"].map { "VALUE \($0) 0 1\r\nx\r\n" }.joined() + "END\r\n"
    #expect(try reader.ask("get 1 t:1 u:1 1") == all)
    try holder.say("delete u:1", "DELETED")
    #expect(try holder.value(of: "u:1") == nil)
    try reader.send("get 1 t:1 u:1 1\r\n")
    try eventually("it waits") { try cluster.sum("readers_waiting") == 1 }
    try holder.say("set u:1 0 0 1\nx", "STORED")
    #expect(String(decoding: try reader.read(all.utf8.count), as: UTF8.self) == all)
  }
}
