import Glibc
import HearthConfig

/// Where the process was started: relative paths on its command line and in its file begin there, also after `-d`
/// has gone to `/`.
struct StartingDirectory {
  private let path: String?

  init() {
    guard let text = getcwd(nil, 0) else {
      path = nil
      return
    }
    path = String(cString: text)
    free(text)
  }

  func absolute(_ name: String) -> String {
    guard let path, !name.hasPrefix("/") else { return name }
    return path.hasSuffix("/") ? path + name : "\(path)/\(name)"
  }

  /// The configuration that the command line and the file give, with absolute paths for a process that will leave the
  /// directory. Others keep theirs: a unix socket's path is short on purpose (107 bytes at most).
  func resolved(_ configuration: Configuration) -> Configuration {
    guard configuration.daemonize, !configuration.coreFiles else { return configuration }
    var c = configuration
    c.pidFile = c.pidFile.map(absolute)
    for i in c.listeners.indices {
      if case .unix(let name, let mode, let pool) = c.listeners[i] {
        c.listeners[i] = .unix(path: absolute(name), mode: mode, pool: pool)
      }
    }
    return c
  }

  /// Command line and file, read anew.
  func invocation() throws(ConfigurationError) -> Invocation {
    try Invocation.parse(CommandLine.arguments, directory: path)
  }
}
