import Glibc
import Testing

/// `-d`: the command that was typed ends with what became of the daemon.
@Suite("-d")
struct DetachTests {
  /// Starts hearthd in the folder, which is where relative paths begin.
  private func start(
    _ flags: [String], in folder: TemporaryFolder, ports: String = "ports"
  ) throws -> Program {
    var arguments = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder.path, Binaries.hearthd]
    if geteuid() == 0 { arguments += ["-u", "root"] }
    return try Program(arguments + ["-d"] + flags, environment: ["MEMCACHED_PORT_FILENAME": ports])
  }

  @Test func `a pid file that cannot be written is an error of the command`() throws {
    let folder = try TemporaryFolder()
    let program = try start(["-s", "socket", "-P", "/nowhere/pid"], in: folder)
    #expect(program.status == 71)
    #expect(program.errorLines.count == 1, "\(program.errors)")
    #expect(program.errors.contains("cannot write /nowhere/pid"), "\(program.errors)")
    #expect(access(folder.file("socket"), F_OK) != 0, "the socket stayed behind")
  }

  @Test func `a ports file that cannot be written is an error of the command`() throws {
    let folder = try TemporaryFolder()
    let program = try start(["-s", "socket", "-P", "pid"], in: folder, ports: "/nowhere/ports")
    #expect(program.status == 71)
    #expect(program.errors.contains("cannot write /nowhere/ports"), "\(program.errors)")
    #expect(access(folder.file("pid"), F_OK) != 0, "the pid file stayed behind")
  }

  @Test func `relative paths begin where it was started, until the end`() throws {
    let folder = try TemporaryFolder()
    let program = try start(["-s", "socket", "-P", "pid", "-A"], in: folder)
    #expect(program.status == 0, "\(program.errors)")
    // It is ready when the command returns: nothing is waited for.
    let pid = Int32(folder.read("pid").dropLast()) ?? 0
    try #require(pid > 0)
    Reaper.shared.add(pid)
    defer { Reaper.shared.remove(pid) }
    #expect(access(folder.file("ports"), F_OK) == 0)
    let client = try Client(path: folder.file("socket"))
    #expect(try client.statistic("pid") == Int(pid))
    try client.send("shutdown\r\n")
    #expect(try client.readToEnd() == [])
    try eventually("it is gone") { readText("/proc/\(pid)/stat") == "" }
    #expect(access(folder.file("pid"), F_OK) != 0)
    #expect(access(folder.file("socket"), F_OK) != 0)
  }
}
