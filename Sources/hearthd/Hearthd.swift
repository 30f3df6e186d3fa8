import Glibc
import HearthAdmin
import HearthConfig
import HearthFeed
import HearthServer

/// Wiring only: reads the command line, prepares the process, runs the server. The steps are free functions of
/// this module, because closures inside `main` would belong to the main actor.
@main
enum Hearthd {
  static func main() { run() }
}

/// Exit status for a wrong configuration.
private let badConfiguration: Int32 = 2
/// EX_OSERR of <sysexits.h>, memcached's status for what the system refused.
let systemRefused: Int32 = 71

func run() {
  let invocation: Invocation
  do throws(ConfigurationError) {
    invocation = try Invocation.parse(CommandLine.arguments)
  } catch {
    Log.line(error.description)
    exit(badConfiguration)
  }
  switch invocation {
  case .help(let text): print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
  case .version(let text): print(text)
  case .check(let configuration, let report, let notes):
    notes.forEach(Log.line)
    check(configuration)
    print(report)
  case .run(let configuration, let notes):
    notes.forEach(Log.line)
    serve(configuration)
  }
}

/// Looks at the files that a start would read, and asks the databases that feeds follow whether the mapping fits their tables. Ends the
/// process if something is wrong.
private func check(_ configuration: Configuration) {
  let problems = Server.problems(configuration)
  problems.forEach { Log.line("hearthd: \($0)") }
  var isWrong = !problems.isEmpty
  for feed in configuration.feeds {
    guard case .database(let database) = feed.source else { continue }
    let check = FeedCheck(name: feed.name, database)
    check.notes.forEach { Log.line("hearthd: \($0)") }
    check.problems.forEach { Log.line("hearthd: \($0)") }
    isWrong = isWrong || !check.problems.isEmpty
  }
  if isWrong { exit(badConfiguration) }
}

private func serve(_ given: Configuration) {
  let configuration = Reloading.directory.resolved(given)
  do throws(ProcessError) {
    try ProcessSetup.raiseLimits(configuration)
  } catch {
    fail(error.description)
  }
  let server: Server
  do throws(ServerError) {
    server = try makeServer(configuration)
  } catch {
    fail("hearthd: \(error.description)")
  }
  let admin: AdminServer?
  do throws(ProcessError) {
    admin = try AdminServer.make(configuration, server)
  } catch {
    removeFiles(configuration)
    fail(error.description)
  }
  do throws(ProcessError) {
    let account = try ProcessSetup.account(configuration, reachableFromOutside: server.isReachableFromOutside)
    let detachment =
      configuration.daemonize ? try Detachment(keepsDirectory: configuration.coreFiles) : nil
    if configuration.lockMemory { ProcessSetup.lockMemory() }
    if let path = configuration.pidFile { try ProcessSetup.writePidFile(path) }
    try ProcessSetup.writePorts(server.portLines + (admin?.portLines ?? []), Reloading.directory)
    if let account { try ProcessSetup.become(account) }
    detachment?.tellReady()
  } catch {
    admin?.stop()
    removeFiles(configuration)
    fail(error.description)
  }
  Reloading.server = server
  do throws(ServerError) {
    try server.run(
      reload: reloadConfiguration, started: { start(admin, configuration) }, stopping: { admin?.stop() })
  } catch {
    admin?.stop()
    removeFiles(configuration)
    fail("hearthd: \(error.description)")
  }
  if let path = configuration.pidFile { ProcessSetup.removePidFile(path) }
  exit(0)
}

/// Starts the admin interface, which needs the workers.
private func start(_ admin: AdminServer?, _ configuration: Configuration) {
  do throws(AdminError) {
    try admin?.start()
  } catch {
    admin?.stop()
    removeFiles(configuration)
    fail("hearthd: \(error.description)")
  }
}

/// The server; with less address space if the system does not give what nobody asked for, room to raise the limit.
private func makeServer(_ configuration: Configuration) throws(ServerError) -> Server {
  do throws(ServerError) {
    return try Server(configuration)
  } catch {
    guard configuration.hasPresetMaximum, configuration.maximumMemory > configuration.memory,
      error.lacksAddressSpace
    else { throw error }
    var smaller = configuration
    smaller.maximumMemory = configuration.memory
    let server = try Server(smaller)
    Log.line(
      "hearthd: the limit cannot be raised online: there is no address space for more than "
        + "\(configuration.memory >> 20) MiB; raise ulimit -v, or set maximum_memory")
    return server
  }
}

/// Removes what a start that failed has left in the file system.
private func removeFiles(_ configuration: Configuration) {
  if let path = configuration.pidFile { ProcessSetup.removePidFile(path) }
  let listeners = configuration.listeners + (configuration.mutex?.listeners ?? [])
  for case .unix(let path, _, _) in listeners { _ = unlink(path) }
}

func fail(_ line: String) -> Never {
  Log.line(line)
  exit(systemRefused)
}
