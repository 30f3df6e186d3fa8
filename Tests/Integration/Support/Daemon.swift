import Glibc

/// A server started for one test, killed when the test and all its clients let go of it.
final class Daemon: Sendable {
  enum Kind { case hearthd, memcached }

  /// How the daemon is reached.
  enum Place {
    /// Any free port on 127.0.0.1.
    case anyPort
    case unix(String)
    /// The flags or the file say where.
    case asConfigured
  }

  let process: ChildProcess
  let folder: TemporaryFolder
  /// What it listens on, as written to the file that MEMCACHED_PORT_FILENAME names: "TCP INET" and so on.
  let listeners: [(kind: String, port: UInt16)]
  let path: String?

  /// - Parameters:
  ///   - limits: Arguments of the shell's `ulimit`, each set before the start.
  ///   - wrapper: A command that takes the daemon's as its arguments and becomes the daemon.
  init(
    _ flags: [String] = [], kind: Kind = .hearthd, at place: Place = .anyPort, limits: [String] = [],
    wrapper: [String] = [], folder: TemporaryFolder? = nil, environment: [String: String] = [:]
  ) throws {
    let folder = try folder ?? TemporaryFolder()
    self.folder = folder
    unlink(folder.file("ports"))
    var arguments = [kind == .hearthd ? Binaries.hearthd : Binaries.memcached]
    if geteuid() == 0 { arguments += ["-u", "root"] }
    var path: String?
    switch place {
    case .anyPort:
      arguments += ["-l", "127.0.0.1", "-p", "-1"]
      if kind == .memcached { arguments += ["-U", "0"] }
    case .unix(let file):
      path = file
      arguments += ["-s", file]
    case .asConfigured: break
    }
    self.path = path
    process = try Daemon.start(wrapper + arguments + flags, limits, folder, environment)
    listeners = try Daemon.awaitListeners(process, folder, path)
  }

  private static func start(
    _ arguments: [String], _ limits: [String], _ folder: TemporaryFolder, _ environment: [String: String]
  ) throws -> ChildProcess {
    var arguments = arguments
    if !limits.isEmpty {
      let script = limits.map { "ulimit \($0) && " }.joined() + "exec \"$@\""
      arguments = ["/bin/sh", "-c", script, "sh"] + arguments
    }
    var variables = environment
    variables["MEMCACHED_PORT_FILENAME"] = folder.file("ports")
    return try ChildProcess(
      arguments, output: folder.file("output"), errors: folder.file("errors"), environment: variables)
  }

  private static func awaitListeners(
    _ process: ChildProcess, _ folder: TemporaryFolder, _ path: String?
  ) throws -> [(kind: String, port: UInt16)] {
    var listeners: [(kind: String, port: UInt16)] = []
    try eventually("the daemon listens; it said: \(folder.read("errors"))") {
      if let ending = process.collect() {
        throw TestFailure("the daemon ended at once, \(ending): \(folder.read("errors"))")
      }
      if let path { return (try? Client(path: path)) != nil }
      let text = folder.read("ports")
      guard text.hasSuffix("\n") else { return false }
      listeners = text.split(separator: "\n").compactMap { line in
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let port = UInt16(parts[1].drop { $0 == " " }) else { return nil }
        return (String(parts[0]), port)
      }
      return !listeners.isEmpty
    }
    return listeners
  }

  /// The first TCP port.
  var port: UInt16 { listeners.first { $0.kind.hasPrefix("TCP") }?.port ?? 0 }
  var udpPort: UInt16 { listeners.first { $0.kind.hasPrefix("UDP") }?.port ?? 0 }

  func connect() throws -> Client {
    if let path { return try Client(path: path, owner: self) }
    return try Client(port: port, owner: self)
  }

  /// What it wrote to standard error so far.
  var errors: String { folder.read("errors") }

  func stop(_ signal: Int32 = SIGTERM) throws -> ChildProcess.Ending {
    process.signal(signal)
    return try process.wait()
  }

  var isRunning: Bool { process.collect() == nil }

  /// Bytes of physical memory.
  var residentBytes: Int { statusLine("VmRSS") * 1024 }
  /// The largest number of bytes of physical memory so far.
  var peakResidentBytes: Int { statusLine("VmHWM") * 1024 }

  private func statusLine(_ name: String) -> Int {
    for line in readText("/proc/\(process.pid)/status").split(separator: "\n")
    where line.hasPrefix(name + ":") {
      return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
        ?? 0
    }
    return 0
  }
}
