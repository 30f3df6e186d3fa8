import HearthConfig
import HearthServer

/// What SIGHUP needs. Set before the workers start, read on the main thread only.
enum Reloading {
  nonisolated(unsafe) static var server: Server?
  /// Where the process was started, for relative paths on its command line.
  nonisolated(unsafe) static var directory: String?
}

/// SIGHUP: reads command line and file again, applies what can change, and says what cannot.
func reloadConfiguration() {
  do throws(ConfigurationError) {
    let invocation = try Invocation.parse(CommandLine.arguments, directory: Reloading.directory)
    guard case .run(let configuration, _) = invocation, let server = Reloading.server else { return }
    let lines = server.apply(configuration)
    if lines.isEmpty { Log.line("hearthd: reload: nothing has changed") }
    for line in lines { Log.line("hearthd: reload: \(line)") }
  } catch {
    Log.line("hearthd: reload: \(error.description); the old configuration stays")
  }
}
