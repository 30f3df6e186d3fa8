import Glibc
import HearthConfig
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
private let systemRefused: Int32 = 71

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
  case .check(let report, let notes):
    notes.forEach(Log.line)
    print(report)
  case .run(let configuration, let notes):
    notes.forEach(Log.line)
    serve(configuration)
  }
}

private func serve(_ configuration: Configuration) {
  do throws(ProcessError) {
    try ProcessSetup.raiseLimits(configuration)
  } catch {
    fail(error.description)
  }
  let server: Server
  do throws(ServerError) {
    server = try Server(configuration)
  } catch {
    fail("hearthd: \(error.description)")
  }
  do throws(ProcessError) {
    let account = try ProcessSetup.account(configuration, reachableFromOutside: server.isReachableFromOutside)
    Reloading.directory = ProcessSetup.workingDirectory()
    if configuration.daemonize { try ProcessSetup.daemonize(keepsDirectory: configuration.coreFiles) }
    if configuration.lockMemory { ProcessSetup.lockMemory() }
    if let path = configuration.pidFile { try ProcessSetup.writePidFile(path) }
    try ProcessSetup.writePorts(server.portLines)
    if let account { try ProcessSetup.become(account) }
  } catch {
    fail(error.description)
  }
  Reloading.server = server
  do throws(ServerError) {
    try server.run(reload: reloadConfiguration)
  } catch {
    fail("hearthd: \(error.description)")
  }
  if let path = configuration.pidFile { _ = unlink(path) }
  exit(0)
}

func fail(_ line: String) -> Never {
  Log.line(line)
  exit(systemRefused)
}
