import Glibc
import Testing

@Suite("listeners")
struct ListenerTests {
  private func mode(of path: String) -> UInt32 {
    var info = stat()
    return lstat(path, &info) == 0 ? info.st_mode & 0o777 : 0
  }

  @Test(arguments: [("700", UInt32(0o700)), ("666", 0o666), ("0770", 0o770)])
  func `a unix socket serves, with its mode`(written: String, expected: UInt32) throws {
    let folder = try TemporaryFolder()
    let daemon = try Daemon(["-a", written], at: .unix(folder.file("socket")), folder: folder)
    let client = try daemon.connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("get a", "VALUE a 0 1\nx\nEND")
    #expect(mode(of: folder.file("socket")) == expected)
    // -s turns TCP and UDP off.
    #expect(try client.statistics("settings")["tcpport"] == "0")
    #expect(try client.statistics("settings")["domain_socket"] == folder.file("socket"))
  }

  @Test func `a unix socket goes with its daemon, and a dead one is taken over`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("socket")
    let first = try Daemon(at: .unix(path), folder: folder)
    #expect(try first.stop(SIGKILL) == .signal(SIGKILL))
    #expect(mode(of: path) != 0)
    let second = try Daemon(at: .unix(path), folder: folder)
    try second.connect().say("mn", "MN")
    #expect(try second.stop() == .exit(0))
    #expect(access(path, F_OK) != 0)
  }

  @Test func `a path that is no socket or is in use is refused`() throws {
    let folder = try TemporaryFolder()
    try folder.write("file", "precious")
    let refused = try Program([Binaries.hearthd, "-u", "root", "-s", folder.file("file")])
    #expect(refused.status == 71)
    #expect(refused.errorLines.count == 1, "\(refused.errors)")
    #expect(folder.read("file") == "precious")
    let daemon = try Daemon(at: .unix(folder.file("socket")), folder: folder)
    let second = try Program([Binaries.hearthd, "-u", "root", "-s", folder.file("socket")])
    #expect(second.status == 71)
    #expect(second.errorLines.count == 1, "\(second.errors)")
    try daemon.connect().say("mn", "MN")
  }

  @Test func `several addresses, IPv4 and IPv6`() throws {
    let daemon = try Daemon(["-l", "127.0.0.1,[::1]", "-l", "127.0.0.2", "-p", "-1"], at: .asConfigured)
    #expect(daemon.listeners.map(\.kind).sorted() == ["TCP INET", "TCP INET", "TCP INET6"])
    let v6 = try #require(daemon.listeners.first { $0.kind == "TCP INET6" })
    let client = try Client(port: v6.port, host: "::1", owner: daemon)
    try client.say("set a 0 0 1\nx", "STORED")
    for listener in daemon.listeners where listener.kind == "TCP INET" {
      let other = try? Client(port: listener.port, host: "127.0.0.1", owner: daemon)
      let client = try other ?? Client(port: listener.port, host: "127.0.0.2", owner: daemon)
      try client.say("get a", "VALUE a 0 1\nx\nEND")
    }
  }

  @Test func `an address may carry its own port`() throws {
    let (first, second) = (try SocketAddress.freePort(), try SocketAddress.freePort())
    let daemon = try Daemon(["-l", "127.0.0.1:\(first),127.0.0.1:\(second)"], at: .asConfigured)
    #expect(Set(daemon.listeners.map(\.port)) == [first, second])
    try Client(port: first, owner: daemon).say("set a 0 0 1\nx", "STORED")
    try Client(port: second, owner: daemon).say("get a", "VALUE a 0 1\nx\nEND")
  }

  @Test func `the default is loopback`() throws {
    let daemon = try Daemon(["-p", "-1"], at: .asConfigured)
    #expect(daemon.listeners.map(\.kind) == ["TCP INET"])
    #expect(try daemon.connect().statistics("settings")["inter"] == "127.0.0.1")
  }

  @Test func `the file of MEMCACHED_PORT_FILENAME names each listener`() throws {
    let daemon = try Daemon(["-U", "-1"])
    let lines = daemon.folder.read("ports").split(separator: "\n").map(String.init)
    #expect(lines.contains("TCP INET: \(daemon.port)"))
    #expect(lines.contains("UDP INET: \(daemon.udpPort)"))
    #expect(daemon.port > 0 && daemon.udpPort > 0)
  }

  @Test func `a port in use is one clear line and status 71`() throws {
    let daemon = try Daemon()
    let second = try Program([Binaries.hearthd, "-u", "root", "-l", "127.0.0.1", "-p", "\(daemon.port)"])
    #expect(second.status == 71)
    #expect(second.errorLines.count == 1 && second.errors.contains("\(daemon.port)"), "\(second.errors)")
    try daemon.connect().say("mn", "MN")
  }

  @Test func `SO_REUSEPORT lets two daemons share a port`() throws {
    let folder = try TemporaryFolder()
    let port = try SocketAddress.freePort()
    let file = try folder.write("shared.yaml", "listeners:\n  - tcp: 127.0.0.1:\(port)\nreuse_port: true\n")
    let first = try Daemon(["--config", file], at: .asConfigured)
    let second = try Daemon(["--config", file], at: .asConfigured)
    #expect(first.port == port && second.port == port)
    try first.connect().say("mn", "MN")
  }
}
