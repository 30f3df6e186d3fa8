import Glibc
import Testing

@Suite("bad input: limits of connections, descriptors and memory")
struct ResourceTests {
  @Test func `the connection limit refuses with a word`() throws {
    let daemon = try Daemon(["-c", "5"])
    var clients = try (0..<5).map { _ in try daemon.connect() }
    for client in clients { try client.say("mn", "MN") }
    let refused = try daemon.connect()
    #expect(String(decoding: try refused.readToEnd(), as: UTF8.self) == "ERROR Too many open connections\r\n")
    try clients[0].say("mn", "MN")
    #expect(try clients[0].statistic("rejected_connections") >= 1)
    clients.removeLast()
    try eventually("there is room again") { (try? daemon.connect().ask("mn")) == "MN\r\n" }
  }

  @Test func `an idle connection is closed after its time`() throws {
    let daemon = try Daemon(["-o", "idle_timeout=1"])
    let idle = try daemon.connect()
    let half = try daemon.connect()
    try half.send("set a 0 0 1")
    let body = try daemon.connect()
    try body.send("set a 0 0 100\r\nabc")
    for peer in [idle, half, body] { #expect(try peer.readToEnd() == []) }
    let client = try daemon.connect()
    #expect(try client.statistic("idle_kicks") >= 3)
  }

  @Test func `half a command and silence disturb nobody`() throws {
    let daemon = try Daemon()
    let half = try daemon.connect()
    try half.send("set a 0 0 10\r\n01234")
    let client = try daemon.connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("get a", "VALUE a 0 1\nx\nEND")
    try half.exchangeRaw("56789\r\n", "STORED\r\n")
    try client.say("get a", "VALUE a 0 10\n0123456789\nEND")
  }

  @Test func `running out of descriptors is survived`() throws {
    let daemon = try Daemon(["-t", "1"])
    let client = try daemon.connect()
    try client.say("set a 0 0 1\nx", "STORED")
    let lowered = try Program(["/usr/bin/prlimit", "--pid", "\(daemon.process.pid)", "--nofile=64:64"])
    #expect(lowered.status == 0, "\(lowered.errors)")
    var peers: [Client] = []
    for _ in 0..<200 { if let peer = try? daemon.connect() { peers.append(peer) } }
    try client.say("get a", "VALUE a 0 1\nx\nEND")
    peers.removeAll()
    try eventually("new connections are served") {
      (try? daemon.connect().ask("get a"))?.hasPrefix("VALUE") == true
    }
    #expect(try client.statistic("listen_disabled_num") >= 1)
    #expect(daemon.isRunning)
  }

  @Test func `memory that cannot be mapped is one clear line`() throws {
    let port = try SocketAddress.freePort()
    let program = try Program([
      "/bin/sh", "-c", "ulimit -v 1000000 && exec \"$@\"", "sh", Binaries.hearthd, "-u", "root", "-l",
      "127.0.0.1",
      "-p", "\(port)", "-m", "65536",
    ])
    #expect(program.status == 71, "\(program.ending)")
    #expect(program.errorLines.count == 1, "\(program.errors)")
  }

  @Test func `a limit of open files that cannot be raised is one clear line`() throws {
    // Root may raise it, so this needs another account.
    guard geteuid() == 0 else { return }
    let port = try SocketAddress.freePort()
    let program = try Program([
      "/bin/sh", "-c", "ulimit -n 64 && exec \"$@\"", "sh", "/usr/bin/setpriv", "--reuid=65534",
      "--clear-groups",
      Binaries.hearthd, "-l", "127.0.0.1", "-p", "\(port)", "-c", "100000",
    ])
    #expect(program.status == 71 || program.status == 126, "\(program.ending) \(program.errors)")
    #expect(program.errorLines.count == 1, "\(program.errors)")
  }

  @Test func `random bytes harm nobody`() throws {
    let daemon = try Daemon()
    let client = try daemon.connect()
    var random = SplitMix64(seed: 3)
    for _ in 0..<300 {
      let peer = try daemon.connect()
      peer.offer((0..<random.below(5000)).map { _ in UInt8(random.below(256)) })
    }
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("get a", "VALUE a 0 1\nx\nEND")
    #expect(daemon.isRunning)
  }

  @Test func `connections that come and go in thousands leave nothing behind`() throws {
    let daemon = try Daemon(["-t", "2"])
    let client = try daemon.connect()
    for i in 0..<3000 {
      let peer = try daemon.connect()
      if i % 3 == 0 { try peer.send("get a") }
      if i % 3 == 1 { try peer.say("mn", "MN") }
    }
    try eventually("all are gone") { try client.statistic("curr_connections") == 1 }
    let descriptors = try Program(["/bin/ls", "/proc/\(daemon.process.pid)/fd"]).output.split(separator: "\n")
      .count
    #expect(descriptors < 100, "\(descriptors)")
  }
}
