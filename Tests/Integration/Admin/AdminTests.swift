import Glibc
import Testing

/// The admin interface of a real daemon, through the operator's tool.
@Suite("admin")
struct AdminTests {
  private func hearthctl(_ arguments: String..., environment: [String: String] = [:]) throws -> Program {
    try Program([Binaries.hearthctl] + arguments, environment: environment)
  }

  private func adminPort(_ daemon: Daemon) throws -> String {
    "\(try #require(daemon.listeners.first { $0.kind == "ADMIN INET" }).port)"
  }

  @Test func `hearthctl status shows version, process and pools`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "a.yaml", "admin: {listen: 0}\npools: [{name: p, prefix: 'p:', memory: 8m}]\n")
    let daemon = try Daemon(["--config", file], folder: folder)
    let port = try adminPort(daemon)
    try daemon.connect().say("set p:1 0 0 1\nx", "STORED")
    let status = try hearthctl("status", "--address", port)
    #expect(status.status == 0, "\(status.errors)")
    let lines = status.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.first?.first == "hearthd")
    #expect(status.output.contains("process \(daemon.process.pid), up "))
    #expect(lines.contains { $0.starts(with: ["default", "cache", "0"]) }, "\(status.output)")
    #expect(lines.contains { $0.starts(with: ["p", "cache", "1"]) && $0.suffix(2) == ["8.0", "MiB"] })
    // By the environment, as JSON.
    let json = try hearthctl("--json", "status", environment: ["HEARTH_ADMIN": "127.0.0.1:\(port)"])
    #expect(json.output.contains(#""pid":\#(daemon.process.pid),"pools":[{"name":"default","kind":"cache""#))
    #expect(json.output.contains(#"{"name":"p","kind":"cache","items":1,"#))
    #expect(json.output.contains(#""limit_bytes":8388608}"#))
  }

  @Test func `a bump that is refused says why and exits 1`() throws {
    let daemon = try Daemon(["--admin", "0"])
    let bump = try hearthctl("bump", "user:42", "--address", try adminPort(daemon))
    #expect(bump.status == 1)
    #expect(bump.output.isEmpty)
    #expect(bump.errors == "hearthctl: the pool of this group keeps no generations\n")
  }

  @Test func `hearthctl bump makes a group void`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("g.yaml", "admin: {listen: 0}\npools: [{name: default, generations: true}]\n")
    let daemon = try Daemon(["--config", file], folder: folder)
    let client = try daemon.connect()
    try client.say("set user:42:name 0 0 3\nAda", "STORED")
    let bump = try hearthctl("bump", "user:42", "--address", try adminPort(daemon))
    #expect(bump.status == 0, "\(bump.errors)")
    try client.say("get user:42:name", "END")
    let generation = bump.output.trimmed
    try client.say("get gen/user:42", "VALUE gen/user:42 0 \(generation.utf8.count)\n\(generation)\nEND")
  }

  @Test func `hearthctl locks of a daemon without locks`() throws {
    let daemon = try Daemon(["--admin", "0"])
    let port = try adminPort(daemon)
    #expect(try hearthctl("locks", "--address", port).output == "no locks are held\n")
    #expect(try hearthctl("locks", "--address", port, "--json").output == #"{"locks":[]}"# + "\n")
  }

  @Test func `hearthctl reaches a unix socket, which goes with the daemon`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("admin.sock")
    let file = try folder.write("a.yaml", "admin:\n  listen: \(path)\n  mode: 600\n")
    let daemon = try Daemon(["--config", file], folder: folder)
    var info = stat()
    #expect(lstat(path, &info) == 0 && info.st_mode & 0o777 == 0o600)
    #expect(try hearthctl("status", "--address", path).status == 0)
    #expect(try daemon.stop() == .exit(0))
    #expect(lstat(path, &info) != 0)
    let gone = try hearthctl("status", "--address", path)
    #expect(gone.status == 3)
    #expect(gone.errorLines.count == 1 && gone.errors.contains(path) && gone.errors.contains("--address"))
  }

  @Test func `a wrong command line exits 2 with one line`() throws {
    for arguments in [["bump"], ["locks", "--limit", "x"], ["status", "--address", "a b"], ["nothing"]] {
      let program = try Program([Binaries.hearthctl] + arguments)
      #expect(program.status == 2)
      #expect(program.errorLines.count == 1 && program.errors.hasPrefix("hearthctl: "), "\(program.errors)")
    }
  }

  @Test func `a memcached port is not an admin interface`() throws {
    let daemon = try Daemon()
    let program = try hearthctl("status", "--address", "\(daemon.port)")
    #expect(program.status == 3)
    #expect(program.errorLines.count == 1 && program.errors.contains("is not hearthd's admin interface"))
  }

  @Test func `without admin nothing listens, and a busy port is named with its key`() throws {
    #expect(try Daemon().listeners.allSatisfy { !$0.kind.hasPrefix("ADMIN") })
    let daemon = try Daemon(["--admin", "0"])
    let port = try adminPort(daemon)
    let folder = try TemporaryFolder()
    let pidFile = folder.file("pid")
    let user = geteuid() == 0 ? ["-u", "root"] : []
    let second = try Program([Binaries.hearthd, "-p", "-1", "--admin", port, "-P", pidFile] + user)
    #expect(second.status == 71)
    #expect(
      second.errors
        == "hearthd: admin.listen (--admin): cannot listen on 127.0.0.1:\(port): Address already in use; "
        + "another process listens there: stop it or choose another port\n")
    #expect(readText(pidFile).isEmpty)
  }

  @Test func `clients of the cache are served while the admin interface is used`() throws {
    let daemon = try Daemon(["--admin", "0"])
    let port = try #require(UInt16(try adminPort(daemon)))
    let client = try daemon.connect()
    let silent = try (0..<40).map { _ in try Client(port: port) }
    for visitor in silent { visitor.offer(Array("POST /v1/bump HTTP/1.1\r\n".utf8)) }
    for i in 0..<100 { try client.say("set a 0 0 \("\(i)".utf8.count)\n\(i)", "STORED") }
    #expect(try daemon.stop() == .exit(0))
  }

  @Test func `a detached daemon has its admin interface`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("admin.sock")
    let pidFile = folder.file("pid")
    let user = geteuid() == 0 ? ["-u", "root"] : []
    let start = try Program([Binaries.hearthd, "-d", "-p", "-1", "--admin", path, "-P", pidFile] + user)
    #expect(start.status == 0, "\(start.errors)")
    let pid = Int32(readText(pidFile).dropLast()) ?? 0
    try #require(pid > 0)
    Reaper.shared.add(pid)
    defer { Reaper.shared.remove(pid) }
    // The socket is there when the command returns: nothing is waited for.
    let status = try hearthctl("status", "--address", path)
    #expect(status.status == 0, "\(status.errors)")
    #expect(status.output.contains("process \(pid), "))
    kill(pid, SIGTERM)
    try eventually("it is gone") { readText("/proc/\(pid)/stat") == "" }
    #expect(access(path, F_OK) != 0)
  }
}

extension String {
  fileprivate var trimmed: String { String(split(separator: "\n").first ?? "") }
}
