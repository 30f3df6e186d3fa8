import CLibmemcached
import Glibc
import Testing

/// Any node takes any command for any key, and passes it to the node that has it.
@Suite("routing")
struct RoutingTests {
  @Test func `every node answers for every key`() throws {
    let cluster = try TestCluster()
    let clients = try cluster.nodes.map { try $0.connect() }
    for i in 0..<200 {
      #expect(try clients[i % 3].ask("set key\(i) \(i) 0 5\r\nv\(1000 + i)") == "STORED\r\n")
    }
    for i in 0..<200 {
      for client in clients {
        #expect(try client.ask("get key\(i)") == "VALUE key\(i) \(i) 5\r\nv\(1000 + i)\r\nEND\r\n")
      }
    }
  }

  @Test func `clients that do not read hold little of what other nodes send`() throws {
    let cluster = try TestCluster(2, pools: "  - {name: default, copies: [[b]]}")
    let (a, b) = (try cluster.nodes[0].connect(), try cluster.nodes[1].connect())
    let value = String(repeating: "x", count: 500_000)
    for i in 0..<4 { #expect(try b.ask("set big\(i) 0 0 500000\r\n\(value)") == "STORED\r\n") }
    #expect(try b.ask("set small 0 0 1\r\nx") == "STORED\r\n")
    // What others have asked for so far says nothing of what these will get.
    for _ in 0..<8 {
      let client = try cluster.nodes[0].connect()
      for _ in 0..<50 { #expect(try client.ask("get small") == "VALUE small 0 1\r\nx\r\nEND\r\n") }
    }
    let lazy = try (0..<20).map { _ in try cluster.nodes[0].connect() }
    for client in lazy { try client.send(String(repeating: "get big0 big1\r\nget big2 big3\r\n", count: 50)) }
    for _ in 0..<200 { #expect(try a.ask("get small") == "VALUE small 0 1\r\nx\r\nEND\r\n") }
    usleep(300_000)
    // Without a bound it were 2,000 MB.
    let held = try Int(#require(a.statistics()["read_buf_bytes"])) ?? .max
    #expect(held < 150 << 20)
    // And who reads in the end has it all.
    var line = ""
    for pair in 0..<100 {
      for i in [pair % 2 * 2, pair % 2 * 2 + 1] {
        line = try lazy[0].readLine()
        #expect(line == "VALUE big\(i) 0 500000")
        #expect(try lazy[0].read(500_002).count == 500_002)
      }
      line = try lazy[0].readLine()
      #expect(line == "END")
    }
  }

  @Test func `every command goes where the key is`() throws {
    let cluster = try TestCluster()
    let (a, b, c) = (
      try cluster.nodes[0].connect(), try cluster.nodes[1].connect(), try cluster.nodes[2].connect()
    )
    for i in 0..<30 {
      let k = "k\(i)"
      #expect(try a.ask("add \(k) 0 0 1\r\n5") == "STORED\r\n")
      #expect(try b.ask("add \(k) 0 0 1\r\n6") == "NOT_STORED\r\n")
      #expect(try c.ask("incr \(k) 10") == "15\r\n")
      #expect(try a.ask("decr \(k) 1") == "14\r\n")
      #expect(try b.ask("append \(k) 0 0 1\r\n!") == "STORED\r\n")
      #expect(try c.ask("prepend \(k) 0 0 1\r\n<") == "STORED\r\n")
      #expect(try a.ask("get \(k)") == "VALUE \(k) 0 4\r\n<14!\r\nEND\r\n")
      let version = try b.ask("gets \(k)").split(separator: "\r\n")[0].split(separator: " ")[4]
      #expect(try c.ask("cas \(k) 7 0 1 \(version)\r\nx") == "STORED\r\n")
      #expect(try a.ask("cas \(k) 7 0 1 \(version)\r\ny") == "EXISTS\r\n")
      #expect(try b.ask("touch \(k) 100") == "TOUCHED\r\n")
      #expect(try c.ask("gat 200 \(k)") == "VALUE \(k) 7 1\r\nx\r\nEND\r\n")
      #expect(try a.ask("mg \(k) t v f") == "VA 1 t200 f7\r\nx\r\n")
      #expect(try b.ask("ms \(k) 2 T90 F3 Ofoo\r\nhi") == "HD Ofoo\r\n")
      #expect(try c.ask("mg \(k) v k Obar") == "VA 2 k\(k) Obar\r\nhi\r\n")
      #expect(try a.ask("ma \(k)") == "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n")
      #expect(try b.ask("md \(k) q\r\nmn") == "MN\r\n")
      #expect(try c.ask("get \(k)") == "END\r\n")
      #expect(try a.ask("replace \(k) 0 0 1\r\nz") == "NOT_STORED\r\n")
      #expect(try b.ask("delete \(k)") == "NOT_FOUND\r\n")
    }
  }

  @Test func `replies come in the order of the requests, whoever gives them`() throws {
    let cluster = try TestCluster()
    let client = try cluster.nodes[0].connect()
    var requests = ""
    var replies = ""
    for i in 0..<3000 {
      switch i % 5 {
      case 0:
        requests += "set p\(i) 0 0 \(String(i).count)\r\n\(i)\r\n"
        replies += "STORED\r\n"
      case 1:
        requests += "get p\(i - 1)\r\n"
        replies += "VALUE p\(i - 1) 0 \(String(i - 1).count)\r\n\(i - 1)\r\nEND\r\n"
      case 2:
        requests += "mn\r\n"
        replies += "MN\r\n"
      case 3:
        requests += "set p\(i - 3) 0 0 1 noreply\r\nx\r\n"
      default:
        requests += "delete p\(i - 4)\r\n"
        replies += "DELETED\r\n"
      }
    }
    requests += "mn\r\n"
    replies += "MN\r\n"
    try client.send(requests)
    #expect(String(decoding: try client.read(replies.utf8.count), as: UTF8.self) == replies)
  }

  @Test func `a get of many keys is one line of the reply`() throws {
    let cluster = try TestCluster()
    let client = try cluster.nodes[1].connect()
    for i in 0..<500 { #expect(try client.ask("set m\(i) 0 0 3\r\n\(100 + i)") == "STORED\r\n") }
    let keys = (0..<600).map { "m\($0)" }
    for _ in 0..<3 {
      let reply = String(
        decoding: try client.exchange(Array("get \(keys.joined(separator: " "))\r\n".utf8), end: "END\r\n"),
        as: UTF8.self)
      let values = reply.components("VALUE ")
      #expect(values == 500)
      #expect(reply.components("END\r\n") == 1)
    }
    // Two lines at once, and one in pieces.
    let two = "get m1 m2 m3\r\ngets m4 m5 nothing\r\nmn\r\n"
    let reply = String(decoding: try client.exchange(Array(two.utf8), end: "MN\r\n"), as: UTF8.self)
    #expect(reply.components("VALUE ") == 5 && reply.components("END\r\n") == 2)
    try client.send("get m1 m2 m")
    usleep(50_000)
    let rest = String(decoding: try client.exchange(Array("3 m4\r\n".utf8), end: "END\r\n"), as: UTF8.self)
    #expect(rest.components("VALUE ") == 4)
  }

  @Test func `large values pass whole`() throws {
    let cluster = try TestCluster()
    let clients = try cluster.nodes.map { try $0.connect() }
    for (i, size) in [1000, 16_000, 65_000, 70_000, 300_000, 1_000_000].enumerated() {
      for j in 0..<3 {
        let key = "large\(size):\(j)"
        let value = (0..<size).map { UInt8(33 + ($0 * 7 + j) % 90) }
        try clients[(i + j) % 3].send(Array("set \(key) 0 0 \(size)\r\n".utf8) + value + [13, 10])
        #expect(try clients[(i + j) % 3].readLine() == "STORED")
        for client in clients {
          let reply = try client.exchange(Array("get \(key)\r\n".utf8), end: "END\r\n")
          #expect(reply == Array("VALUE \(key) 0 \(size)\r\n".utf8) + value + Array("\r\nEND\r\n".utf8))
        }
      }
    }
    // Too large is refused by the owner, and the connection goes on.
    let size = 2 << 20
    for j in 0..<3 {
      try clients[0].send(
        Array("set huge\(j) 0 0 \(size)\r\n".utf8) + [UInt8](repeating: 65, count: size) + [13, 10])
      #expect(try clients[0].readLine() == "SERVER_ERROR object too large for cache")
    }
    #expect(try clients[0].ask("mn") == "MN\r\n")
  }

  @Test func `a line may ask for keys of other nodes, of this one and of its own pools`() throws {
    let cluster = try TestCluster(
      2,
      pools: """
          - {name: default, copies: [[b]]}
          - {name: own, prefix: "o:", memory: 16m, generations: true}
        """)
    let client = try cluster.nodes[0].connect()
    #expect(try client.ask("set o:1 0 0 1\r\nl") == "STORED\r\n")
    #expect(try client.ask("set x 0 0 1\r\nr") == "STORED\r\n")
    let (own, far) = ("VALUE o:1 0 1\r\nl\r\n", "VALUE x 0 1\r\nr\r\n")
    for _ in 0..<20 {
      let lines = [
        ("get x o:1", far + own), ("get o:1 x", own + far), ("get o:1 x o:1", own + far + own),
        ("get o:1", own),
        ("get x y o:2", far), ("get o:2 y", ""), ("get x", far),
      ]
      let requests = lines.map { "\($0.0)\r\n" }.joined() + "version\r\nget x\r\nmn\r\n"
      let said = String(decoding: try client.exchange(Array(requests.utf8), end: "MN\r\n"), as: UTF8.self)
      let wanted = lines.map { "\($0.1)END\r\n" }.joined()
      #expect(said.hasPrefix(wanted + "VERSION ") && said.hasSuffix("\r\n\(far)END\r\nMN\r\n"), "\(said)")
    }
    let group = try client.ask("incr gen/o:1 1").dropLast()
    let mixed = try client.ask("get x gen/o:1")
    #expect(mixed.hasPrefix(far + "VALUE gen/o:1 0 ") && mixed.hasSuffix("\(group)\r\nEND\r\n"), "\(mixed)")
    // A line that breaks off in the midst of it.
    let long = String(repeating: "k", count: 260)
    let broken = String(
      decoding: try client.exchange(Array("get x \(long)\r\nget x o:2\r\nmn\r\n".utf8), end: "MN\r\n"),
      as: UTF8.self)
    #expect(broken.hasSuffix("\(far)END\r\nMN\r\n") && broken.contains("CLIENT_ERROR"), "\(broken)")
  }

  @Test func `by UDP a key of another node is an error`() throws {
    let cluster = try TestCluster(2, pools: "  - {name: default, copies: [[a]]}", starts: false)
    let (a, b) = (
      try cluster.start(0, flags: ["-U", "0"]), try cluster.start(1, flags: ["-U", "\(cluster.ports[0])"])
    )
    #expect(a.isRunning)
    let client = try DatagramClient(b)
    for request in ["get x y", "set x 0 0 1\r\n1", "get x"] {
      let reply = String(decoding: try client.ask(id: 7, request + "\r\n").reply, as: UTF8.self)
      #expect(reply.hasPrefix("SERVER_ERROR the key is kept by another node"), "\(reply)")
      #expect(!reply.contains("END"))
    }
    #expect(try b.connect().ask("mn") == "MN\r\n")
  }

  @Test func `many large values pass both ways at once`() throws {
    let cluster = try TestCluster(2, pools: "  - {name: default, copies: [[b]]}")
    let client = try cluster.nodes[0].connect()
    var requests: [UInt8] = []
    var replies: [UInt8] = []
    for i in 0..<150 {
      let size = 20_000 + i * 1000
      let value = [UInt8](repeating: UInt8(65 + i % 26), count: size) + [13, 10]
      requests += Array("set l\(i) 0 0 \(size)\r\n".utf8) + value + Array("get l\(i) l\(i)\r\n".utf8)
      let line = Array("VALUE l\(i) 0 \(size)\r\n".utf8) + value
      replies += Array("STORED\r\n".utf8) + line + line + Array("END\r\n".utf8)
    }
    let said = try client.exchange(requests + Array("mn\r\n".utf8), end: "\r\nMN\r\n")
    #expect(said == replies + Array("MN\r\n".utf8))
  }

  @Test func `flush_all reaches every node, and no pool that is a node's own`() throws {
    let cluster = try TestCluster(
      3,
      pools: """
          - {name: default, copies: [[a, b, c]]}
          - {name: own, prefix: "o:", memory: 16m}
        """)
    let (a, c) = (try cluster.nodes[0].connect(), try cluster.nodes[2].connect())
    for i in 0..<50 { #expect(try a.ask("set f\(i) 0 0 1\r\nx") == "STORED\r\n") }
    #expect(try c.ask("set o:1 0 0 1\r\nx") == "STORED\r\n")
    #expect(try a.ask("flush_all") == "OK\r\n")
    for i in 0..<50 { #expect(try c.ask("get f\(i)") == "END\r\n") }
    #expect(try c.ask("get o:1") == "VALUE o:1 0 1\r\nx\r\nEND\r\n")
    for i in 0..<50 { #expect(try a.ask("set f\(i) 0 0 1\r\ny") == "STORED\r\n") }
    cluster.nodes[1].process.signal(SIGKILL)
    try eventually("not all are reached") {
      try a.ask("flush_all") == "SERVER_ERROR node b is unreachable\r\n"
    }
    #expect(try a.ask("mn") == "MN\r\n")
  }

  @Test func `who ends his input gets all replies`() throws {
    let cluster = try TestCluster()
    let client = try cluster.nodes[0].connect()
    for i in 0..<20 { #expect(try client.ask("set e\(i) 0 0 1\r\n\(i % 10)") == "STORED\r\n") }
    for way in ["", "quit\r\n"] {
      let other = try cluster.nodes[2].connect()
      try other.send((0..<20).map { "get e\($0)\r\n" }.joined() + way)
      other.finishSending()
      let reply = String(decoding: try other.readToEnd(), as: UTF8.self)
      #expect(reply.components("END\r\n") == 20 && reply.components("VALUE ") == 20, "\(reply)")
    }
  }

  @Test func `keys are where libmemcached looks for them`() throws {
    let cluster = try TestCluster(4, weights: [1, 3, 2, 1])
    let handle = try #require(memcached_create(nil))
    defer { memcached_free(handle) }
    memcached_behavior_set(handle, MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED, 1)
    for (port, weight) in zip(cluster.ports, [1, 3, 2, 1] as [UInt32]) {
      #expect(memcached_server_add_with_weight(handle, "127.0.0.1", port, weight) == MEMCACHED_SUCCESS)
    }
    for i in 0..<500 {
      let key = "direct\(i)"
      #expect(memcached_set(handle, key, key.utf8.count, key, key.utf8.count, 0, 0) == MEMCACHED_SUCCESS)
    }
    // Nothing was passed on, and every node answers for all of them.
    for node in cluster.nodes { #expect(try node.connect().statistics("cluster")["peer_requests"] == "0") }
    let client = try cluster.nodes[3].connect()
    for i in 0..<500 { #expect(try client.ask("get direct\(i)").hasPrefix("VALUE")) }
  }

  @Test func `a pool without copies is each node's own`() throws {
    let cluster = try TestCluster(
      2, pools: "  - {name: shared, prefix: \"s:\", memory: 16m, copies: [[a, b]]}")
    let (a, b) = (try cluster.nodes[0].connect(), try cluster.nodes[1].connect())
    for i in 0..<20 {
      #expect(try a.ask("set s:\(i) 0 0 1\r\nx") == "STORED\r\n")
      #expect(try a.ask("set own:\(i) 0 0 1\r\nx") == "STORED\r\n")
      #expect(try b.ask("get s:\(i)") == "VALUE s:\(i) 0 1\r\nx\r\nEND\r\n")
      #expect(try b.ask("get own:\(i)") == "END\r\n")
    }
  }
}

extension String {
  /// How often a text occurs.
  func components(_ text: String) -> Int { ranges(of: text).count }
}
