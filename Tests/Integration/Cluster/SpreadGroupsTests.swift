import Glibc
import Testing

/// Groups of keys in pools whose keys are on several nodes in each copy: void everywhere when the bump is answered.
@Suite("groups of keys are on several nodes", .serialized)
struct SpreadGroupsTests {
  private static let rule = "generations: true"
  static let copies = ["[[a, b]]", "[[a, b], [c]]", "[[a, b], [c, d]]"]

  private func start(_ copies: String, more: String = "") throws -> TestCluster {
    if copies.count(where: { $0 == "[" }) > 2 {
      return try TestCluster(copies: copies, rule: Self.rule, more: more)
    }
    let cluster = try TestCluster(
      copies.count { $0.isLetter }, pools: TestCluster.pool(copies, Self.rule),
      settings: ["peer_timeout: 2s"], more: more)
    try awaitNumbers(cluster)
    return cluster
  }

  /// Waits until groups have numbers.
  private func awaitNumbers(_ cluster: TestCluster) throws {
    try eventually("groups have numbers") {
      try cluster.running.allSatisfy {
        try cluster.nodes[$0].connect().ask("incr gen/begin 1").first?.isNumber == true
      }
    }
  }

  @Test(arguments: copies) func `a bump by any node is seen by all when it is answered`(copies: String) throws
  {
    let cluster = try start(copies)
    let clients = try cluster.nodes.map { try $0.connect() }
    let count = clients.count
    var last: UInt64 = 0
    for i in 0..<40 {
      let bumper = clients[i / 3 % count]
      // Keys of every node, of the group and beside it.
      for k in 0..<8 {
        try clients[(i + k) % count].say("set user:1:\(k) 0 0 2\n\(10 + i)", "STORED")
        try clients[(i + k) % count].say("set user:10:\(k) 0 0 2\n\(10 + i)", "STORED")
      }
      for client in clients {
        for k in 0..<8 { try client.say("get user:1:\(k)", "VALUE user:1:\(k) 0 2\n\(10 + i)\nEND") }
      }
      let number = try UInt64(bumper.ask("incr gen/user:1 1").dropLast()) ?? 0
      #expect(number > last)
      last = number
      for client in clients {
        for k in 0..<8 {
          try client.say("get user:1:\(k)", "END")
          try client.say("get user:10:\(k)", "VALUE user:10:\(k) 0 2\n\(10 + i)\nEND")
        }
        try client.say("get gen/user:1", "VALUE gen/user:1 0 \("\(number)".count)\n\(number)\nEND")
      }
    }
  }

  @Test(arguments: copies) func `what a client sends behind a bump is done behind it`(copies: String) throws {
    let cluster = try start(copies)
    let large = String(repeating: "z", count: 300_000)
    for node in cluster.nodes {
      let client = try node.connect()
      for bump in ["incr gen/p 1 noreply", "delete gen/p noreply", "md gen/p q", "ma gen/p q"] {
        for i in 0..<12 { try client.say("set p:\(i) 0 0 3\nold", "STORED") }
        var text = bump + "\r\n"
        for i in 0..<12 { text += "get p:\(i)\r\n" }
        for i in 0..<11 { text += "set p:\(i) 0 0 3\r\nnew\r\n" }
        text += "set p:11 0 0 300000\r\n\(large)\r\n"
        try client.send(text)
        for _ in 0..<12 { #expect(try client.readLine() == "END") }
        for _ in 0..<12 { #expect(try client.readLine() == "STORED") }
        for i in 0..<11 { try client.say("get p:\(i)", "VALUE p:\(i) 0 3\nnew\nEND") }
        #expect(try client.ask("get p:11") == "VALUE p:11 0 300000\r\n\(large)\r\nEND\r\n")
      }
    }
  }

  @Test(arguments: copies) func `all forms, by clients of every node`(copies: String)
    throws
  {
    let cluster = try start(
      copies, more: "  - {name: s, prefix: \"s:\", memory: 16m, generations: true, copies: \(copies)}")
    let clients = try cluster.nodes.map { try $0.connect() }
    let bumps = ["incr gen/%@ 1", "delete gen/%@", "md gen/%@", "ma gen/%@ v", "md gen/%@ q", "ma gen/%@ q"]
    for (i, form) in bumps.enumerated() {
      for (group, keys) in [("k", "k:"), ("s:", "s:"), ("s", "s:")] {
        for (place, client) in clients.enumerated() {
          try client.say("set \(keys)\(place) 0 0 1\na", "STORED")
        }
        let request = form.replacing("%@", with: group)
        let answer = try clients[i % clients.count].ask(request)
        #expect(!answer.contains("ERROR"), "\(request): \(answer)")
        for client in clients {
          for place in clients.indices { try client.say("get \(keys)\(place)", "END") }
        }
      }
    }
    // Without an answer, and behind it one that is answered.
    try clients[0].say("set k:0 0 0 1\na", "STORED")
    try clients[1].send("incr gen/k 1 noreply\r\nincr gen/k 1\r\n")
    #expect(try clients[1].readLine().first?.isNumber == true)
    try clients[0].say("get k:0", "END")
    let line = try clients[1].ask("get k:0 gen/k k:1")
    #expect(line.hasPrefix("VALUE gen/k 0 ") && line.hasSuffix("END\r\n"))
    try clients[1].say(
      "set gen/k 0 0 1\na", "CLIENT_ERROR this key names a group: use get, incr, delete, mg, ma or md")
  }

  @Test func `a client of a pool's own listener bumps in that pool alone`() throws {
    let pool = "generations: true, copies: [[a, b]]"
    let cluster = try TestCluster(
      2, pools: "  - {name: default, \(pool)}\n  - {name: s, prefix: \"s:\", memory: 16m, \(pool)}",
      starts: false)
    for name in cluster.names {
      let listeners =
        "listeners:\n  - tcp: 127.0.0.1\n  - {unix: \(cluster.folder.file("\(name).own")), pool: s}\n"
      try cluster.folder.write("\(name).yaml", cluster.folder.read("\(name).yaml") + listeners)
      try cluster.startNext()
    }
    try cluster.awaitLinks()
    try awaitNumbers(cluster)
    let own = try cluster.names.map { try Client(path: cluster.folder.file("\($0).own")) }
    let clients = try cluster.nodes.map { try $0.connect() }
    for (bumper, reader) in [(0, 1), (1, 0), (0, 0), (1, 1)] {
      for i in 0..<8 {
        try own[bumper].say("set k:\(i) 0 0 1\na", "STORED")
        try clients[bumper].say("set k:\(i) 0 0 1\nb", "STORED")
      }
      #expect(try own[bumper].ask("incr gen/k 1").first?.isNumber == true)
      for i in 0..<8 {
        try own[reader].say("get k:\(i)", "END")
        try clients[reader].say("get k:\(i)", "VALUE k:\(i) 0 1\nb\nEND")
      }
    }
  }

  @Test(arguments: [0, 1]) func `what a node stores before it has a number is made void, too`(first: Int)
    throws
  {
    let cluster = try start("[[a, b]]")
    let before = try cluster.nodes[0].connect().ask("get gen/g")
    for index in 0...1 { try cluster.kill(index) }
    try cluster.restart(first)
    let alone = try cluster.nodes[first].connect()
    let keys = try (0..<40).map { "g:\($0)" }.filter { try alone.ask("set \($0) 0 0 1\na") == "STORED\r\n" }
    #expect(!keys.isEmpty && keys.count < 40)
    #expect(try alone.ask("incr gen/g 1").hasPrefix("SERVER_ERROR "))
    try cluster.restart(1 - first)
    try awaitNumbers(cluster)
    #expect(try alone.ask("incr gen/g 1").first?.isNumber == true)
    for client in [alone, try cluster.nodes[1 - first].connect()] {
      for key in keys { try client.say("get \(key)", "END") }
      #expect(try client.ask("get gen/g") > before)
    }
  }

  @Test(arguments: copies)
  func `what was made void is never read while nodes are lost`(copies: String) throws {
    let cluster = try start(copies)
    let isCopied = copies.count(where: { $0 == "[" }) > 2
    let writers = (0..<4).map { GroupWriter("g\($0)", ports: cluster.ports, seed: UInt64($0)) }
    let all = Array(cluster.nodes.indices)
    try WriteLoad.run(writers.map { writer in { writer.run(until: $0) } }) {
      for victim in all {
        usleep(200_000)
        try cluster.kill(victim)
        if isCopied { try cluster.awaitReady(all.filter { $0 != victim }) }
        usleep(200_000)
        try cluster.restart(victim)
        if isCopied { try cluster.awaitReady() } else { try awaitNumbers(cluster) }
      }
      usleep(200_000)
    }
    for writer in writers {
      #expect(writer.faults.isEmpty, "\(writer.faults.prefix(3)) of \(writer.faults.count)")
      #expect(writer.bumps > 10 && writer.hits > 20, "\(writer.bumps) bumps, \(writer.hits) hits")
    }
  }

  @Test(arguments: [copies[0], copies[2]])
  func `a node that hangs holds bumps up, and nothing void is read`(copies: String)
    throws
  {
    let cluster = try start(copies)
    let isCopied = copies.count(where: { $0 == "[" }) > 2
    let all = Array(cluster.nodes.indices)
    for victim in all.prefix(2) {
      let writers = all.filter { $0 != victim }.map {
        GroupWriter("g\($0)", ports: all.filter { $0 != victim }.map { cluster.ports[$0] }, seed: UInt64($0))
      }
      try WriteLoad.run(writers.map { writer in { writer.run(until: $0) } }) {
        usleep(200_000)
        cluster.nodes[victim].process.signal(SIGSTOP)
        defer { cluster.nodes[victim].process.signal(SIGCONT) }
        if isCopied {
          try eventually("the others go on without it") {
            try cluster.report(at: all.first { $0 != victim }!).filter(\.isReady).count == all.count - 1
          }
        } else {
          let client = try cluster.nodes[1 - victim].connect()
          try eventually("a bump is refused") {
            try client.ask("incr gen/x 1").hasPrefix("SERVER_ERROR node ")
          }
        }
      }
      if isCopied { try cluster.awaitReady() } else { try awaitNumbers(cluster) }
      for writer in writers {
        #expect(writer.faults.isEmpty, "\(writer.faults.prefix(3)) of \(writer.faults.count)")
      }
      // What is passed on to the node that hangs may hold one of them up all the time.
      #expect(writers.contains { $0.bumps > 0 } && writers.contains { $0.hits > 5 })
    }
  }

  @Test func `what is void stays void while nodes and copies change`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", rule: Self.rule, spare: 2)
    let writers = (0..<4).map { GroupWriter("g\($0)", ports: cluster.ports, seed: UInt64($0)) }
    try WriteLoad.run(writers.map { writer in { writer.run(until: $0) } }) {
      for (copies, ready) in [
        ("[[a, c], [b]]", [0, 1, 2]), ("[[c, d], [b]]", [1, 2, 3]), ("[[c], [b]]", [1, 2]),
      ] {
        try cluster.change(copies, rule: Self.rule, ready: ready, at: ready[0])
        usleep(100_000)
      }
    }
    for writer in writers {
      #expect(writer.faults.isEmpty, "\(writer.faults.prefix(3)) of \(writer.faults.count)")
      #expect(writer.bumps > 10 && writer.hits > 20, "\(writer.bumps) bumps, \(writer.hits) hits")
    }
  }
}
