import Testing

@testable import HearthConfig

/// Where the admin interface listens for a given command line and file.
@Suite struct AdminTests {
  private static func tcp(_ port: UInt16, _ address: String = "127.0.0.1") -> AdminListener {
    .tcp(address: address, port: port)
  }

  private static func unix(_ path: String, _ mode: UInt32 = 0o700) -> AdminListener {
    .unix(path: path, mode: mode)
  }

  @Test(arguments: [
    ("127.0.0.1:5", tcp(5)), ("11280", tcp(11280)), ("0", tcp(0)), ("127.0.0.1", tcp(11280)),
    ("127.9.8.7:5", tcp(5, "127.9.8.7")), ("[::1]:5", tcp(5, "::1")), ("::1", tcp(11280, "::1")),
    ("localhost:5", tcp(5, "localhost")), ("/run/hearth/admin.sock", unix("/run/hearth/admin.sock")),
    ("off", nil),
  ])
  func places(text: String, listener: AdminListener?) throws {
    #expect(try configure("--admin", text).admin == listener)
    #expect(try configure("--admin=\(text)").admin == listener)
    #expect(try read("admin:\n  listen: '\(text)'").admin == listener)
  }

  @Test(arguments: ["", "admin:", "admin: {}", "admin: ~"]) func offByDefault(text: String) throws {
    #expect(try read(text).admin == nil)
    #expect(try configure().admin == nil)
  }

  @Test func modes() throws {
    #expect(try read("admin: {mode: 770, listen: /a}").admin == Self.unix("/a", 0o770))
    #expect(try read("admin: {listen: off, mode: 770}").admin == nil)
  }

  @Test func flagOverFile() throws {
    let file = TemporaryFile("admin:\n  listen: /file.sock\n  mode: 770\n")
    #expect(try configure("--config", file.path).admin == Self.unix("/file.sock", 0o770))
    #expect(try configure("--config", file.path, "--admin", "5").admin == Self.tcp(5))
    #expect(try configure("--config", file.path, "--admin", "off").admin == nil)
    #expect(try configure("--admin", "5", "--admin", "6").admin == Self.tcp(6))
  }

  @Test(arguments: [
    (
      "admin: 11280", "f.yaml:1: admin: it must be a mapping; write KEY: VALUE lines here"
    ),
    ("admin:\n  lisen: 5", "f.yaml:2: admin.lisen: unknown key; did you mean listen?"),
    ("admin:\n  port: 5", "f.yaml:2: admin.port: unknown key; the keys here are listen, mode"),
    (
      "admin:\n  listen: [5]",
      "f.yaml:2: admin.listen: it must be a text, not a list; write it as in NAME"
    ),
    (
      "admin:\n  listen:",
      "f.yaml:2: admin.listen: it has no value; give a text, as in NAME, or remove the key"
    ),
    (
      "admin:\n  listen: 70000",
      #"f.yaml:2: admin.listen: invalid port number "70000"; give a port from 0 to 65535"#
    ),
    (
      "admin:\n  listen: 127.0.0.1:x",
      #"f.yaml:2: admin.listen: invalid port number "x"; "#
        + "give a port, an address like 127.0.0.1:11280, an absolute path, or off"
    ),
    (
      "admin:\n  listen: 0.0.0.0:5",
      #"f.yaml:2: admin.listen: "0.0.0.0" is not loopback, and the admin interface asks nobody who he is; "#
        + "give 127.0.0.1, [::1], localhost or the absolute path of a unix socket"
    ),
    (
      "admin:\n  listen: /a\n  mode: 999",
      #"f.yaml:3: admin.mode: "999" is not an octal mode; give permission bits up to 777, as in 700"#
    ),
    (
      "admin:\n  listen: 5\n  mode: 700",
      "f.yaml:3: admin.mode: only a unix socket has a mode; remove the key"
    ),
    (
      "admin:\n  mode: 700",
      "f.yaml:2: admin.mode: there is no socket that the mode could be for; add listen:, or remove the key"
    ),
    (
      "admin:\n  listen: 11211",
      "f.yaml:2: admin.listen: tcp 127.0.0.1:11211 is where memcached clients connect; "
        + "give the admin interface its own port or path"
    ),
    (
      "listeners: [{unix: /a}]\nadmin:\n  listen: /a\n  mode: 770",
      "f.yaml:3: admin.listen: unix /a is where memcached clients connect; "
        + "give the admin interface its own port or path"
    ),
  ])
  func mistake(text: String, line: String) { #expect(refusal(file: text) == line) }

  @Test(arguments: [
    "*", "*:5", "192.168.0.1", "[::]:5", "[::ffff:127.0.0.1]:5", "cache.example:5", "127.0.0.1.example",
    "localhost.example:5", "126.0.0.1", "admin.sock", "./admin.sock", "",
  ])
  func notLoopback(text: String) throws {
    let line = try #require(refusal(["--admin", text]))
    #expect(line.hasPrefix("hearthd: --admin: "))
    #expect(!line.contains("\n"))
  }

  @Test func aPathHasAtMost107Bytes() throws {
    let path = "/" + String(repeating: "p", count: 106)
    #expect(try configure("--admin", path).admin == Self.unix(path))
    #expect(
      refusal(["--admin", path + "p"])
        == "hearthd: --admin: the path of a unix socket has at most 107 bytes; choose a shorter path")
  }

  @Test func descriptions() {
    #expect("\(Self.tcp(5, "::1"))" == "tcp [::1]:5")
    #expect("\(Self.unix("/a"))" == "unix /a")
  }
}
