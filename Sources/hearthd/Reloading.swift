import HearthConfig
import HearthServer

/// What SIGHUP needs. Set before the workers start, read on the main thread only.
enum Reloading {
  nonisolated(unsafe) static var server: Server?
  nonisolated(unsafe) static var directory = StartingDirectory()
}

/// SIGHUP: reads command line and file again, applies what can change, and says what cannot.
func reloadConfiguration() {
  do throws(ConfigurationError) {
    guard case .run(let read, _) = try Reloading.directory.invocation(), let server = Reloading.server else {
      return
    }
    var configuration = Reloading.directory.resolved(read)
    var lines: [String] = []
    if let line = keepWithinDescriptors(&configuration, server) { lines.append(line) }
    lines += server.apply(configuration)
    if lines.isEmpty { Log.line("hearthd: reload: nothing has changed") }
    for line in lines { Log.line("hearthd: reload: \(line)") }
  } catch {
    Log.line("hearthd: reload: \(error.description); the old configuration stays")
  }
}

/// Makes room for the connections that are asked for, or keeps their old limit and returns a line that says so.
private func keepWithinDescriptors(_ c: inout Configuration, _ server: Server) -> String? {
  let old = server.connectionLimit
  if c.connectionLimit <= old { return nil }
  let needed = ProcessSetup.descriptors(connections: c.connectionLimit, threads: server.threadCount)
  if ProcessSetup.raiseDescriptorLimit(to: needed) { return nil }
  defer { c.connectionLimit = old }
  return "connection_limit: \(c.connectionLimit) needs \(needed) open files and the system allows "
    + "\(ProcessSetup.descriptorLimit); \(old) stays (raise ulimit -n and restart)"
}
