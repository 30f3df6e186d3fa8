import CHearth
import Glibc
import Testing

/// What becomes of requests when the node that has the key is away, slow, or none of ours.
@Suite("nodes that fail")
struct PeerFailureTests {
  /// A key of the node, as seen from another.
  private func key(of node: String, _ cluster: TestCluster, from index: Int) throws -> String {
    let client = try cluster.nodes[index].connect()
    for i in 0..<1000 {
      let before = try client.statistics("cluster")["\(node):forwarded"]
      _ = try client.ask("get probe\(i)")
      if try client.statistics("cluster")["\(node):forwarded"] != before { return "probe\(i)" }
    }
    throw TestFailure("node \(node) has no key")
  }

  /// A key of the node itself.
  private func ownKey(_ cluster: TestCluster, _ index: Int) throws -> String {
    let client = try cluster.nodes[index].connect()
    for i in 0..<1000 {
      let before = try forwarded(client)
      _ = try client.ask("get mine\(i)")
      if try forwarded(client) == before { return "mine\(i)" }
    }
    throw TestFailure("the node has no key")
  }

  private func forwarded(_ client: Client) throws -> Int {
    try client.statistics("cluster").filter { $0.key.hasSuffix(":forwarded") }.reduce(0) {
      $0 + (Int($1.value) ?? 0)
    }
  }

  @Test func `a node that is killed gives errors, and serves again when it is back`() throws {
    let cluster = try TestCluster()
    let lost = try key(of: "b", cluster, from: 0)
    let own = try ownKey(cluster, 0)
    let client = try cluster.nodes[0].connect()
    #expect(try client.ask("set \(own) 0 0 1\r\nx") == "STORED\r\n")
    cluster.nodes[1].process.signal(SIGKILL)
    try eventually("the loss is seen") {
      try client.ask("get \(lost)") == "SERVER_ERROR node b is unreachable\r\n"
    }
    #expect(try client.ask("set \(lost) 0 0 1\r\nx") == "SERVER_ERROR node b is unreachable\r\n")
    #expect(try client.ask("delete \(lost)") == "SERVER_ERROR node b is unreachable\r\n")
    // Who wants no reply gets none.
    try client.send("set \(lost) 0 0 1 noreply\r\nx\r\ndelete \(lost) noreply\r\nflush_all 100 noreply\r\n")
    #expect(try client.ask("mn") == "MN\r\n")
    // A line of several keys ends with the error, and the next request is answered.
    try client.send("get \(own) \(lost) \(own)\r\nmn\r\n")
    var lines: [String] = []
    while lines.last != "MN" { lines.append(try client.readLine()) }
    #expect(
      lines.suffix(2) == ["SERVER_ERROR node b is unreachable", "MN"] && !lines.contains("END"), "\(lines)")
    #expect(try client.ask("get \(own)") == "VALUE \(own) 0 1\r\nx\r\nEND\r\n")
    _ = try cluster.nodes[1].process.wait()
    try cluster.restart(1)
    try eventually("it serves again") { try client.ask("set \(lost) 0 0 1\r\ny") == "STORED\r\n" }
    #expect(cluster.nodes[0].errors.contains("node b is connected"))
  }

  @Test func `each of many requests that were passed on together gets its error`() throws {
    let cluster = try TestCluster(2, pools: "  - {name: default, copies: [[b]]}")
    let client = try cluster.nodes[0].connect()
    #expect(try client.ask("set k 0 0 1\r\nx") == "STORED\r\n")
    cluster.nodes[1].process.signal(SIGSTOP)
    try client.send(
      String(repeating: "get k\r\n", count: 300)
        + "get k l k\r\nmg k v\r\nset k 0 0 1\r\ny\r\ngets k\r\nmn\r\n")
    usleep(100_000)
    cluster.nodes[1].process.signal(SIGKILL)
    var lines: [String] = []
    while lines.last != "MN" { lines.append(try client.readLine()) }
    #expect(lines == Array(repeating: "SERVER_ERROR node b is unreachable", count: 304) + ["MN"])
  }

  @Test func `a node that hangs delays its own keys alone, and these no longer than peer_timeout`() throws {
    let cluster = try TestCluster(settings: ["peer_timeout: 1500ms"])
    let slow = try key(of: "c", cluster, from: 0)
    let own = try ownKey(cluster, 0)
    cluster.nodes[2].process.signal(SIGSTOP)
    defer { cluster.nodes[2].process.signal(SIGCONT) }
    // Its threads stop one after another.
    usleep(50_000)
    let (waiting, other) = (try cluster.nodes[0].connect(), try cluster.nodes[0].connect())
    let began = hearth_monotonic_ns()
    try waiting.send("get \(slow)\r\n")
    for _ in 0..<100 { #expect(try other.ask("get \(own)") == "END\r\n") }
    #expect(hearth_monotonic_ns() - began < 1_400_000_000)
    #expect(try waiting.readLine() == "SERVER_ERROR node c does not answer")
    let spent = hearth_monotonic_ns() - began
    #expect(1_500_000_000...5_000_000_000 ~= spent)
    cluster.nodes[2].process.signal(SIGCONT)
    try cluster.awaitLinks()
    #expect(try other.ask("get \(slow)") == "END\r\n")
    // An answer that came too late was nobody's.
    for i in 0..<50 { #expect(try waiting.ask("get none\(i)") == "END\r\n") }
  }

  @Test func `--check reads the secret and the state file`() throws {
    let folder = try TemporaryFolder()
    let (short, damaged) = (try folder.write("short", "x\n"), try folder.write("state", "nothing of hearthd"))
    func errors(_ lines: String) throws -> String {
      let file = try folder.write(
        "f.yaml",
        """
        cluster:
          node: a
          nodes: [{name: a, address: "127.0.0.1:1", peer: "127.0.0.1:2"}, {name: b, address: "127.0.0.1:3", peer: "127.0.0.1:4"}]
          \(lines)
        pools:
          - {name: default, copies: [[a], [b]]}
        """)
      let program = try Program([Binaries.hearthd, "--check", "--config", file])
      #expect(program.status == (program.errors.isEmpty ? 0 : 2))
      return program.errors
    }
    #expect(try errors("").isEmpty)
    #expect(try errors("secret_file: \(folder.path)/none").contains("cannot read the cluster's secret_file"))
    #expect(try errors("secret_file: \(short)").contains("is too short: give 16 bytes or more"))
    #expect(try errors("state_file: \(damaged)").contains("is damaged"))
  }

  @Test func `who is no node is refused, counted, and told once`() throws {
    let cluster = try TestCluster(2)
    try cluster.awaitLinks()
    let client = try cluster.nodes[0].connect()
    for _ in 0..<20 {
      let stranger = try Client(port: cluster.peerPorts[0])
      try stranger.send("get a line that is no frame\r\n")
      _ = try stranger.readToEnd()
    }
    try eventually("all are counted") { try client.statistics("cluster")["peers_refused"] == "20" }
    let lines = cluster.nodes[0].errors.split(separator: "\n").filter {
      $0.contains("the peers' port was refused")
    }
    #expect(lines.count == 1 && lines[0].contains("that is no frame"))
  }

  @Test func `another secret or another map keeps nodes apart, and each says why`() throws {
    let cluster = try TestCluster(2, starts: false)
    let other = try TestCluster(2, starts: false)
    let secret = try cluster.folder.write("secret", "a secret of many bytes\n")
    let wrong = try cluster.folder.write("wrong", "another one of many bytes\n")
    func file(_ secret: String, pools: String = "  - {name: default, copies: [[a, b]]}") throws -> String {
      try other.folder.write(
        "f\(UInt32.random(in: 0..<UInt32.max)).yaml",
        """
        memory: 64m
        threads: 1
        cluster:
          secret_file: \(secret)
          nodes:
            - {name: a, address: "127.0.0.1:\(cluster.ports[0])", peer: "127.0.0.1:\(cluster.peerPorts[0])"}
            - {name: b, address: "127.0.0.1:\(cluster.ports[1])", peer: "127.0.0.1:\(cluster.peerPorts[1])"}
        pools:
        \(pools)
        """)
    }
    func node(_ index: Int, _ file: String) throws -> Daemon {
      try Daemon(
        ["--config", file, "--node", ["a", "b"][index], "-l", "127.0.0.1", "-p", "\(cluster.ports[index])"],
        at: .asConfigured)
    }
    let a = try node(0, try file(secret))
    do {
      let b = try node(1, try file(wrong))
      try eventually("a refuses b's secret") { a.errors.contains("node b: it has another secret") }
      #expect(b.isRunning)
    }
    do {
      let pools = "  - {name: default, copies: [[a, b]]}\n  - {name: more, prefix: \"m:\", memory: 16m}"
      let b = try node(1, try file(secret, pools: pools))
      try eventually("b refuses a's map") { a.errors.contains("not the same as here") }
      #expect(b.isRunning)
    }
    let b = try node(1, try file(secret))
    let client = try b.connect()
    try eventually("they agree") {
      try (0..<20).allSatisfy { try client.ask("set k\($0) 0 0 1\r\nx") == "STORED\r\n" }
    }
  }

  @Test func `who speaks anything else at the peers' port is closed, and harms nobody`() throws {
    let cluster = try TestCluster(2)
    var random = SplitMix64(seed: 7)
    let hello = Array("HRTH".utf8) + [2]
    for round in 0..<60 {
      let intruder = try Client(port: cluster.peerPorts[0])
      var bytes: [UInt8] = (0..<Int.random(in: 1...400, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      if round % 3 == 0 { bytes = Array("get a\r\nset b 0 0 1\r\nx\r\n".utf8) }
      // A hello of the right form, and a request before anything was proved.
      if round % 3 == 1 {
        let payload = hello + [UInt8](repeating: 9, count: 24) + [98]
        bytes = frame(1, payload) + frame(16, Array("get a\r\n".utf8))
      }
      try? intruder.send(bytes)
      intruder.finishSending()
      _ = try? intruder.readToEnd()
    }
    // Silent ones are closed after two seconds.
    let silent = try Client(port: cluster.peerPorts[0])
    #expect(try silent.readToEnd() == [])
    let client = try cluster.nodes[0].connect()
    for i in 0..<50 { #expect(try client.ask("set k\(i) 0 0 1\r\nx") == "STORED\r\n") }
    #expect(try client.statistics("cluster")["peer_requests"] != nil)
  }

  private func frame(_ kind: UInt8, _ payload: [UInt8]) -> [UInt8] {
    [UInt8(payload.count & 255), UInt8(payload.count >> 8), 0, 0, kind, 0, 0, 0]
      + [UInt8](repeating: 0, count: 8)
      + payload
  }
}
