import CHearth
import Glibc

/// One memcached or hearthd on a free loopback port, started with the same flags. Whoever starts it stops it;
/// it also ends when this program does.
final class ServerProcess {
  private let child: ChildProcess
  let port: UInt16

  private init(_ child: consuming ChildProcess, _ port: UInt16) {
    self.child = child
    self.port = port
  }

  /// - Parameters:
  ///   - memory: `-m`, in MiB.
  ///   - pin: the core it may use, or nil for all.
  ///   - connections: `-c`.
  static func start(
    path: String, memory: Int, threads: Int, pin: Int? = nil, udp: Bool = false, connections: Int = 1024,
    extra: [String] = []
  ) throws(SystemError) -> ServerProcess {
    let port = try Socket.freePort()
    var line: [String] = []
    if let pin { line += ["taskset", "-c", "\(pin)"] }
    line += [path]
    // memcached refuses to run as root unless told to.
    if geteuid() == 0 { line += ["-u", "root"] }
    line += ["-l", "127.0.0.1", "-p", "\(port)", "-U", udp ? "\(port)" : "0"]
    line += ["-m", "\(memory)", "-t", "\(threads)", "-c", "\(connections)"] + extra
    return ServerProcess(try launch(line, .tcp(host: "127.0.0.1", port: port)), port)
  }

  /// A hearthd with settings that have no flags. The file is read at the start only and is gone afterwards.
  ///
  /// - Parameter configuration: YAML; the flags win over it.
  static func start(
    hearthd path: String, configuration: String, memory: Int, threads: Int, pin: Int? = nil,
    connections: Int = 1024
  ) throws(SystemError) -> ServerProcess {
    let file = try ConfigurationFile.write(configuration)
    try file.check(with: path)
    return try start(
      path: path, memory: memory, threads: threads, pin: pin, connections: connections,
      extra: ["--config", file.path])
  }

  /// Starts the program and waits until it answers.
  private static func launch(_ line: [String], _ endpoint: Endpoint) throws(SystemError) -> ChildProcess {
    let child = try ChildProcess(line)
    let deadline = hearth_monotonic_ns() + 10_000_000_000
    while hearth_monotonic_ns() < deadline {
      if child.hasEnded {
        throw SystemError("the server ended while it started; run it by hand: \(line.joined(separator: " "))")
      }
      if (try? StatsClient(endpoint).command("version", until: "\r\n")) != nil { return child }
      usleep(10_000)
    }
    throw SystemError("the server does not answer after 10 s: \(line.joined(separator: " "))")
  }

  func stop() { kill(child.pid, SIGKILL) }

  var pid: pid_t { child.pid }
  var endpoint: Endpoint { .tcp(host: "127.0.0.1", port: port) }
  var datagramEndpoint: Endpoint { .udp(host: "127.0.0.1", port: port) }
}
