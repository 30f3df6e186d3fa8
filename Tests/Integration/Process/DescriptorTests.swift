import Glibc
import Testing

/// The connection limit and the descriptors behind it.
@Suite("descriptors")
struct DescriptorTests {
  private func openFiles(_ daemon: Daemon) -> Int {
    let limits = readText("/proc/\(daemon.process.pid)/limits")
    let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") } ?? ""
    return line.split(separator: " ").dropFirst(3).first.flatMap { Int($0) } ?? 0
  }

  @Test func `a raised connection limit raises the descriptor limit`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "connection_limit: 50\nthreads: 2\n")
    let daemon = try Daemon(["--config", file], limits: ["-S -n 200"], folder: folder)
    // Who answers has its signal handlers.
    try daemon.connect().say("mn", "MN")
    #expect(openFiles(daemon) == 200)
    try folder.write("a.yaml", "connection_limit: 400\nthreads: 2\n")
    daemon.process.signal(SIGHUP)
    try eventually("it is said") { daemon.errors.contains("connection_limit is 400 now") }
    #expect(openFiles(daemon) >= 400)
    let clients = try (0..<300).map { _ in try daemon.connect() }
    try clients.last?.say("mn", "MN")
  }

  @Test func `a connection limit beyond the descriptors is refused with a line`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "connection_limit: 50\nthreads: 2\n")
    // Who is not root may not raise the hard limit; the file must stay readable for that account.
    chmod(folder.path, 0o755)
    chmod(file, 0o644)
    let flags = geteuid() == 0 ? ["-u", "nobody"] : []
    let daemon = try Daemon(["--config", file] + flags, limits: ["-n 200"], folder: folder)
    let client = try daemon.connect()
    try client.say("mn", "MN")
    try folder.write("a.yaml", "connection_limit: 400\nidle_timeout: 77\nthreads: 2\n")
    chmod(file, 0o644)
    daemon.process.signal(SIGHUP)
    try eventually("the rest is applied") { daemon.errors.contains("idle_timeout is 77 s now") }
    let line =
      "hearthd: reload: connection_limit: 400 needs 480 open files and the system allows 200; 50 stays"
    #expect(daemon.errors.contains(line), "\(daemon.errors)")
    #expect(!daemon.errors.contains("connection_limit is"))
    #expect(try client.statistic("maxconns", of: "settings") == 50)
  }
}
