import Testing

@testable import HearthConfig

/// Where the daemon listens for a given command line and file.
@Suite struct ListenerTests {
  private static func tcp(_ port: UInt16, _ address: String = "127.0.0.1", pool: String? = nil) -> Listener {
    .tcp(address: address, port: port, pool: pool)
  }

  private static func udp(_ port: UInt16, _ address: String = "127.0.0.1") -> Listener {
    .udp(address: address, port: port)
  }

  @Test(arguments: [
    (["-p", "11311"], [tcp(11311)]),
    (["-p", "-1"], [tcp(0)]),
    (["-l", "0.0.0.0"], [tcp(11211, "0.0.0.0")]),
    (["-l", "*"], [tcp(11211, "0.0.0.0")]),
    (["-l", "::1"], [tcp(11211, "::1")]),
    (["-l", "[::1]:5"], [tcp(5, "::1")]),
    (["-l", "cache.example:5"], [tcp(5, "cache.example")]),
    (["-l", "127.0.0.1:5,127.0.0.2", "-p", "6"], [tcp(5), tcp(6, "127.0.0.2")]),
    (["-l", "127.0.0.1", "-l", "127.0.0.2;127.0.0.1"], [tcp(11211), tcp(11211, "127.0.0.2")]),
    (["-l", "tag[a]:127.0.0.1:5"], [tcp(5)]),
    (["-l", "proto[ascii]:tag_a_:127.0.0.1:5"], [tcp(5)]),
    // memcached: TCP takes the UDP port unless -p says otherwise.
    (["-U", "5"], [tcp(5), udp(5)]),
    (["-U", "5", "-p", "6"], [tcp(6), udp(5)]),
    (["-U", "5", "-p", "0"], [udp(5)]),
    (["-U", "0"], [tcp(11211)]),
    (["-U", "-1", "-p", "6"], [tcp(6), udp(0)]),
    (["-U", "5", "-l", "127.0.0.2"], [tcp(5, "127.0.0.2"), udp(5, "127.0.0.2")]),
    (["-s", "/tmp/s"], [.unix(path: "/tmp/s", mode: 0o700, pool: nil)]),
    (["-s", "/tmp/s", "-a", "0766"], [.unix(path: "/tmp/s", mode: 0o766, pool: nil)]),
    (["-s", "/tmp/s", "-p", "5", "-U", "6"], [.unix(path: "/tmp/s", mode: 0o700, pool: nil)]),
    (["-p", "0"], [tcp(0)]),
  ])
  func flags(flags: [String], listeners: [Listener]) throws {
    #expect(try run(flags).configuration.listeners == listeners)
  }

  @Test func notes() throws {
    #expect(
      try run(["-p", "0"]).notes == [
        "hearthd: -p 0 would leave nothing to listen on: TCP takes any free port"
      ])
    #expect(try run(["-p", "0", "-U", "5"]).notes.isEmpty)
    #expect(try run(["-s", "/tmp/s"]).notes.isEmpty)
    #expect(
      try run(["-s", "/tmp/s", "-U", "5"]).notes
        == ["hearthd: -p, -U and -l have no meaning with -s: it turns TCP and UDP off"])
  }

  private static let file = """
    memory: 128m
    listeners:
      - tcp: 127.0.0.1:1000
      - tcp: "[::1]:1000"
      - unix: /tmp/file.sock
      - udp: 127.0.0.1:1001
      - tcp: 2000
        pool: a
    pools:
      - {name: a, memory: 8m, prefix: a}
      - {name: b, memory: 8m, port: 3000, prefix: b}
    """

  private static let unix = Listener.unix(path: "/tmp/file.sock", mode: 0o700, pool: nil)
  private static let ofA = tcp(2000, pool: "a")
  private static let ofB = tcp(3000, pool: "b")

  @Test(arguments: [
    ([], [tcp(1000), tcp(1000, "::1"), unix, ofA, udp(1001), ofB, tcp(3000, "::1", pool: "b")]),
    (["-p", "5"], [tcp(5), tcp(5, "::1"), unix, ofA, udp(1001), ofB, tcp(3000, "::1", pool: "b")]),
    (
      ["-l", "127.0.0.2"], [tcp(1000, "127.0.0.2"), unix, ofA, udp(1001), tcp(3000, "127.0.0.2", pool: "b")]
    ),
    (["-p", "0", "-U", "0"], [unix, ofA, ofB]),
    (["-U", "5", "-l", "127.0.0.1"], [tcp(1000), unix, ofA, udp(5), ofB]),
    (["-s", "/tmp/s", "-a", "777"], [.unix(path: "/tmp/s", mode: 0o777, pool: nil)]),
  ])
  func flagsOverFile(flags: [String], listeners: [Listener]) throws {
    let file = TemporaryFile(Self.file)
    #expect(try run(["--config", file.path] + flags).configuration.listeners == listeners)
  }

  @Test func unixSocketLeavesAPoolUnreachable() {
    let file = TemporaryFile("pools:\n  - {name: a, memory: 8m, port: 5}")
    #expect(
      refusal(["--config", file.path, "-s", "/tmp/s"])
        == "\(file.path):2: pools[0]: nothing leads to pool a; give it a prefix, a port or a listener")
  }

  @Test func nothingToListenOn() {
    let file = TemporaryFile("listeners: [{udp: 5}]")
    #expect(
      refusal(["--config", file.path, "-U", "0"])
        == "hearthd: -U: there is nothing to listen on; give a TCP port, a UDP port or a unix socket")
  }

  @Test func descriptions() {
    #expect("\(Self.tcp(5, "::1"))" == "tcp [::1]:5")
    #expect("\(Self.udp(5))" == "udp 127.0.0.1:5")
    #expect("\(Self.unix)" == "unix /tmp/file.sock")
  }
}
