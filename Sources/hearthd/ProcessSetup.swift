import Glibc
import HearthConfig

/// Why the process could not be prepared, as one line.
struct ProcessError: Error, CustomStringConvertible {
  let description: String

  init(_ text: String) { description = "hearthd: \(text)" }

  /// With the system's reason.
  init(_ text: String, _ code: Int32) { self.init("\(text): \(String(cString: strerror(code)))") }
}

/// Limits, privileges, detaching: everything about the process that must happen before threads exist.
enum ProcessSetup {
  /// An account to run as.
  struct Account {
    var name: String
    var user: uid_t
    var group: gid_t
  }

  /// Descriptors for all connections, core files and locked memory as configured.
  static func raiseLimits(_ c: Configuration) throws(ProcessError) {
    // Beyond connections: listeners, loops, standard streams, files.
    let wanted = rlim_t(c.connectionLimit + 8 * c.threads + 64)
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < wanted {
      limit.rlim_cur = wanted
      limit.rlim_max = max(limit.rlim_max, wanted)
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
        throw ProcessError(
          "cannot raise the limit of open files to \(wanted) for -c \(c.connectionLimit); "
            + "start as root, raise ulimit -n or lower -c")
      }
    }
    if c.coreFiles {
      var core = rlimit(rlim_cur: ~0, rlim_max: ~0)
      if setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core) != 0 {
        getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core)
        core.rlim_cur = core.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &core)
      }
    }
  }

  /// The account that root is to give way to. Root without -u is refused where others can connect, as in
  /// memcached; on loopback, where people try things out, it is a warning.
  static func account(_ c: Configuration, reachableFromOutside: Bool) throws(ProcessError) -> Account? {
    if getuid() != 0 && geteuid() != 0 { return nil }
    guard let name = c.user else {
      if reachableFromOutside {
        throw ProcessError("can't run as root without the -u switch; give -u USER (-u root to insist)")
      }
      Log.line("hearthd: running as root; give -u USER to run as somebody else")
      return nil
    }
    if name == "root" { return nil }
    guard let entry = getpwnam(name) else {
      throw ProcessError("-u: there is no user \(name); create it or choose another")
    }
    return Account(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
  }

  static func become(_ account: Account) throws(ProcessError) {
    if setgroups(0, nil) != 0 || setgid(account.group) != 0 || setuid(account.user) != 0 {
      throw ProcessError("cannot become user \(account.name)", errno)
    }
  }

  /// Detaches from the terminal: fork, session, standard streams to /dev/null.
  static func daemonize(keepsDirectory: Bool) throws(ProcessError) {
    // Output that is buffered now would be written twice.
    fflush(nil)
    if daemon(keepsDirectory ? 1 : 0, 0) != 0 { throw ProcessError("cannot detach from the terminal", errno) }
  }

  static func lockMemory() {
    if mlockall(MCL_CURRENT | MCL_FUTURE) != 0 {
      Log.line(
        "hearthd: warning: -k: cannot lock memory: \(String(cString: strerror(errno))); raise ulimit -l")
    }
  }

  static func writePidFile(_ path: String) throws(ProcessError) {
    try replaceFile(path, "\(getpid())\n")
  }

  /// The file named by MEMCACHED_PORT_FILENAME, for those who asked for any free port.
  static func writePorts(_ lines: [String]) throws(ProcessError) {
    guard let name = getenv("MEMCACHED_PORT_FILENAME") else { return }
    try replaceFile(String(cString: name), lines.map { $0 + "\n" }.joined())
  }

  /// Written beside the file and renamed, so that whoever waits for it never sees half of it.
  private static func replaceFile(_ path: String, _ text: String) throws(ProcessError) {
    let temporary = path + ".new"
    guard let file = fopen(temporary, "w") else { throw ProcessError("cannot write \(path)", errno) }
    let written = fputs(text, file)
    if fclose(file) != 0 || written < 0 || rename(temporary, path) != 0 {
      throw ProcessError("cannot write \(path)", errno)
    }
  }

  static func workingDirectory() -> String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }
}
