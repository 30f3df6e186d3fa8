import Glibc
import Testing

/// Pools with several copies, each command by any node.
@Suite("copies", .serialized)
struct ReplicationTests {
  static let layouts = ["[[a], [b]]", "[[a], [b, c]]", "[[a, b], [c, d]]"]

  /// What is said, and what is answered, `<n>` standing for digits; `@` in both is a key.
  private static let dialogue = [
    ("get @", "END"), ("set @ 5 0 3\nabc", "STORED"), ("get @", "VALUE @ 5 3\nabc\nEND"),
    ("add @ 0 0 1\nx", "NOT_STORED"), ("replace @ 6 0 2\nde", "STORED"), ("append @ 0 0 1\nf", "STORED"),
    ("prepend @ 0 0 1\nc", "STORED"), ("get @", "VALUE @ 6 4\ncdef\nEND"),
    ("gets @", "VALUE @ 6 4 <n>\ncdef\nEND"), ("touch @ 1000", "TOUCHED"),
    ("mg @ t v", "VA 4 t<n>\ncdef"), ("gat 0 @", "VALUE @ 6 4\ncdef\nEND"), ("mg @ t", "HD t-1"),
    ("delete @", "DELETED"), ("delete @", "NOT_FOUND"), ("touch @ 0", "NOT_FOUND"),
    ("replace @ 0 0 1\nx", "NOT_STORED"), ("append @ 0 0 1\nx", "NOT_STORED"), ("incr @ 1", "NOT_FOUND"),
    ("add @ 0 0 2\n41", "STORED"), ("incr @ 1", "42"), ("decr @ 50", "0"), ("incr @ 7", "7"),
    ("get @", "VALUE @ 0 1\n7\nEND"), ("ma @", "HD"), ("ma @ v", "VA 1\n9"), ("ma @ MD D3 v", "VA 1\n6"),
    ("set @ 0 0 1 noreply\nz", ""), ("get @", "VALUE @ 0 1\nz\nEND"), ("delete @ noreply", ""),
    ("get @", "END"),
    ("ms @ 2\nab", "HD"), ("ms @ 2 ME\ncd", "NS"), ("ms @ 2 MR F9\ncd", "HD"), ("ms @ 1 MA\ne", "HD"),
    ("ms @ 1 MP\nf", "HD"), ("mg @ v f", "VA 4 f9\nfcde"), ("ms @ 1 MS q\ng", ""), ("mg @ v k", "VA 1 k@\ng"),
    ("md @ q", ""), ("mg @ v", "EN"), ("mg @ N30 v t", "VA 0 t30 W\n"), ("mg @ N30 v", "VA 0 Z\n"),
    ("ms @ 1 T90\nh", "HD"), ("mg @ T60 v t", "VA 1 t60\nh"), ("mg @ R90 v", "VA 1 W\nh"),
    ("mg @ R90 v", "VA 1 Z\nh"), ("ms @ 1 T0\ni", "HD"), ("md @ I", "HD"), ("mg @ v", "VA 1 X W\ni"),
    ("mg @ v", "VA 1 Z X\ni"), ("mg @ v t", "VA 1 t-1 Z X\ni"), ("ms @ 1\nj", "HD"), ("mg @ v", "VA 1\nj"),
    ("md @ I T30", "HD"), ("mg @ t v", "VA 1 t<n> X W\nj"), ("md @", "HD"), ("ma @", "NF"),
    ("ma @ N0 J13 v", "VA 2\n13"), ("ma @ v", "VA 2\n14"), ("md @ x", "HD"), ("mg @ v", "VA 0\n"),
    ("md @", "HD"), ("cas @ 0 0 1 1\nx", "NOT_FOUND"), ("set @ 0 -1 1\nx", "STORED"), ("get @", "END"),
  ]

  @Test(arguments: layouts) func `every command by any node`(layout: String) throws {
    let cluster = try TestCluster(copies: layout)
    let clients = try cluster.nodes.map { try $0.connect() }
    var random = SplitMix64(seed: 1)
    // Each key's dialogue goes on at another node with each line.
    for i in 0..<20 {
      for (request, reply) in Self.dialogue {
        let key = "dialogue\(i)"
        try random.pick(clients).say(request.replacing("@", with: key), reply.replacing("@", with: key))
      }
    }
  }

  @Test(arguments: layouts) func `a version read at one node is good at another`(layout: String) throws {
    let cluster = try TestCluster(copies: layout)
    let clients = try cluster.nodes.map { try $0.connect() }
    var random = SplitMix64(seed: 2)
    for i in 0..<60 {
      try random.pick(clients).say("set cas\(i) 0 0 1\na", "STORED")
      let first = try random.pick(clients).cas("cas\(i)")
      for client in clients { #expect(try client.cas("cas\(i)") == first) }
      try random.pick(clients).say("cas cas\(i) 0 0 1 \(first)\nb", "STORED")
      try random.pick(clients).say("cas cas\(i) 0 0 1 \(first)\nc", "EXISTS")
      let second = try random.pick(clients).cas("cas\(i)")
      #expect(second > first)
      try random.pick(clients).say("touch cas\(i) 100", "TOUCHED")
      try random.pick(clients).say("ms cas\(i) 1 C\(second) c\nd", "HD c<n>")
      try random.pick(clients).say("md cas\(i) C\(second)", "EX")
      try random.pick(clients).say("md cas\(i) C\(try random.pick(clients).cas("cas\(i)"))", "HD")
    }
  }

  @Test(arguments: layouts) func `lines of many keys, and pipelines of reads and writes`(layout: String)
    throws
  {
    let cluster = try TestCluster(copies: layout)
    let clients = try cluster.nodes.map { try $0.connect() }
    for round in 0..<5 {
      for (number, client) in clients.enumerated() {
        var requests = ""
        var replies = ""
        for i in 0..<200 {
          let (key, value) = ("pipe\(i)", "\(round).\(number).\(i)")
          requests += "set \(key) 0 0 \(value.utf8.count)\r\n\(value)\r\nget \(key)\r\n"
          replies += "STORED\r\nVALUE \(key) 0 \(value.utf8.count)\r\n\(value)\r\nEND\r\n"
          if i % 3 == 0 {
            requests += "get \(key) none \(key)\r\nmg \(key) v\r\n"
            replies += String(repeating: "VALUE \(key) 0 \(value.utf8.count)\r\n\(value)\r\n", count: 2)
            replies += "END\r\nVA \(value.utf8.count)\r\n\(value)\r\n"
          }
        }
        let said = try client.exchange(Array((requests + "mn\r\n").utf8), end: "MN\r\n")
        #expect(String(decoding: said, as: UTF8.self) == replies + "MN\r\n")
        let line = "get " + (0..<100).map { "pipe\($0)" }.joined(separator: " ")
        let wanted = Set(
          (0..<100).map {
            "pipe\($0) 0 \("\(round).\(number).\($0)".utf8.count)\r\n\(round).\(number).\($0)\r\n"
          })
        for other in clients {
          // Keys of one node come together.
          let reply = try other.ask(line)
          let values = reply.dropLast(4).replacing("VALUE ", with: "\0").split(separator: "\0").map(
            String.init)
          #expect(reply.hasSuffix("END\r\n") && values.count == 100 && Set(values) == wanted)
        }
      }
    }
  }

  @Test(arguments: layouts) func `flush_all empties all copies, at once and later`(layout: String) throws {
    let cluster = try TestCluster(copies: layout)
    let clients = try cluster.nodes.map { try $0.connect() }
    for client in clients {
      for i in 0..<50 { try client.say("set flush\(i) 0 0 1\nx", "STORED") }
      try client.say("flush_all", "OK")
      for other in clients { for i in 0..<50 { try other.say("get flush\(i)", "END") } }
      for i in 0..<50 { try clients[0].say("add flush\(i) 0 0 1\ny", "STORED") }
    }
    try clients[1].say("flush_all 2", "OK")
    for client in clients { try client.say("get flush1", "VALUE flush1 0 1\ny\nEND") }
    for client in clients {
      for i in 0..<50 { try eventually("it is flushed") { try client.ask("get flush\(i)") == "END\r\n" } }
    }
  }

  @Test func `large values, up to the limit`() throws {
    let cluster = try TestCluster(copies: "[[a], [b, c]]")
    let clients = try cluster.nodes.map { try $0.connect() }
    var random = SplitMix64(seed: 3)
    for size in [20_000, 100_000, 1 << 20 - 200, 70_000, 1000, 300_000] {
      for i in 0..<6 {
        let value = [UInt8](repeating: UInt8(97 + i), count: size)
        let request = Array("set large\(i) 7 0 \(size)\r\n".utf8) + value + [13, 10]
        #expect(try random.pick(clients).exchange(request, end: "\r\n") == Array("STORED\r\n".utf8))
        let reply = Array("VALUE large\(i) 7 \(size)\r\n".utf8) + value + Array("\r\nEND\r\n".utf8)
        for client in clients {
          #expect(try client.exchange(Array("get large\(i)\r\n".utf8), end: "END\r\n") == reply)
        }
        let longer = try random.pick(clients).ask("append large\(i) 0 0 3\nxyz")
        if longer == "STORED\r\n" {
          for client in clients {
            let said = try client.exchange(Array("get large\(i)\r\n".utf8), end: "END\r\n")
            #expect(said.suffix(10) == Array("xyz\r\nEND\r\n".utf8)[...] && said.count > size + 3)
          }
        }
      }
    }
    try clients[0].say("set large1 0 0 1\ns", "STORED")
    for client in clients { try client.say("get large1", "VALUE large1 0 1\ns\nEND") }
    let tooLarge =
      Array("set large1 0 0 \(2 << 20)\r\n".utf8) + [UInt8](repeating: 65, count: 2 << 20) + [13, 10]
    #expect(
      try clients[1].exchange(tooLarge, end: "\r\n")
        == Array("SERVER_ERROR object too large for cache\r\n".utf8))
    for client in clients { try client.say("get large1", "END") }
  }

  @Test func `values of some thousand bytes in one pipeline`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]")
    let clients = try cluster.nodes.map { try $0.connect() }
    for size in [3000, 9000, 15_000] {
      var requests: [UInt8] = []
      for i in 0..<300 {
        requests += Array("set mid\(i) 0 0 \(size)\r\n".utf8)
        requests += [UInt8](repeating: UInt8(97 + i % 26), count: size) + [13, 10]
      }
      let said = try clients[1].exchange(requests + Array("mn\r\n".utf8), end: "MN\r\n")
      #expect(String(decoding: said, as: UTF8.self).components("STORED\r\n") == 300)
      for client in clients {
        for i in 0..<300 {
          let value = String(repeating: String(UnicodeScalar(UInt8(97 + i % 26))), count: size)
          #expect(try client.ask("get mid\(i)") == "VALUE mid\(i) 0 \(size)\r\n\(value)\r\nEND\r\n")
        }
      }
    }
    #expect(!cluster.logs.contains("does not speak"))
  }

  @Test func `binary keys, and what expires`() throws {
    let cluster = try TestCluster(copies: "[[a], [b, c]]")
    let clients = try cluster.nodes.map { try $0.connect() }
    try clients[0].say("ms /wAB 3 b\nbin", "HD")
    for client in clients { try client.say("mg /wAB b k v", "VA 3 k/wAB b\nbin") }
    try clients[2].say("md /wAB b", "HD")
    for client in clients { try client.say("mg /wAB b v", "EN") }
    for i in 0..<20 { try clients[i % 3].say("set soon\(i) 0 2 1\nx", "STORED") }
    for client in clients { try client.say("mg soon1 t v", "VA 1 t<n>\nx") }
    for client in clients {
      for i in 0..<20 { try eventually("it expires") { try client.ask("get soon\(i)") == "END\r\n" } }
    }
    for i in 0..<20 { try clients[(i + 1) % 3].say("add soon\(i) 0 0 1\ny", "STORED") }
    for client in clients { try client.say("get soon3", "VALUE soon3 0 1\ny\nEND") }
  }

  @Test func `a version of the client's own is refused`() throws {
    let cluster = try TestCluster(copies: "[[a], [b, c]]")
    for client in try cluster.nodes.map({ try $0.connect() }) {
      for i in 0..<10 {
        let refusal = "CLIENT_ERROR a version cannot be given to keys that have copies on other nodes"
        try client.say("ms own\(i) 1 E5\nx", refusal)
        try client.say("ma own\(i) N0 E5", refusal)
        try client.say("md own\(i) E5", refusal)
        try client.say("get own\(i)", "END")
      }
    }
  }

  @Test func `writes by UDP are refused`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", starts: false)
    try cluster.startNext(flags: ["-U", "\(cluster.ports[0])"])
    try cluster.bootstrap([0])
    let (udp, tcp) = (try DatagramClient(cluster.nodes[0]), try cluster.nodes[1].connect())
    try tcp.say("set u 0 0 1\nx", "STORED")
    for request in ["set u 0 0 1\r\ny", "delete u", "incr u 1", "touch u 1"] {
      let reply = String(decoding: try udp.ask(id: 3, request + "\r\n").reply, as: UTF8.self)
      #expect(reply == "SERVER_ERROR the key has copies on other nodes: write it by TCP\r\n")
    }
    let read = String(decoding: try udp.ask(id: 4, "get u\r\n").reply, as: UTF8.self)
    #expect(read == "VALUE u 0 1\r\nx\r\nEND\r\n")
    try tcp.say("get u", "VALUE u 0 1\nx\nEND")
  }
}
