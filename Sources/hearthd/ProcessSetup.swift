import Glibc
import HearthConfig

/// Why the process could not be prepared, as one line.
struct ProcessError: Error, CustomStringConvertible {
  let description: String

  init(_ text: String) { description = "hearthd: \(text)" }

  /// With the system's reason.
  init(_ text: String, _ code: Int32) { self.init("\(text): \(String(cString: strerror(code)))") }
}

/// Limits and privileges: everything about the process that must happen before threads exist.
enum ProcessSetup {
  /// An account to run as.
  struct Account {
    var name: String
    var user: uid_t
    var group: gid_t
  }

  /// Descriptors for all connections and core files as configured.
  static func raiseLimits(_ c: Configuration) throws(ProcessError) {
    let wanted = descriptors(connections: c.connectionLimit, threads: c.threads)
    if !raiseDescriptorLimit(to: wanted) {
      throw ProcessError(
        "cannot raise the limit of open files to \(wanted) for -c \(c.connectionLimit); "
          + "start as root, raise ulimit -n or lower -c")
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

  /// Descriptors that so many connections need; beyond them listeners, loops, standard streams, files.
  static func descriptors(connections: Int, threads: Int) -> Int { connections + 8 * threads + 64 }

  /// Open files that the system allows.
  static var descriptorLimit: Int {
    var limit = rlimit()
    let code = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return code == 0 ? Int(clamping: limit.rlim_cur) : 0
  }

  /// False when the system refuses; the limit is what it was then.
  static func raiseDescriptorLimit(to wanted: Int) -> Bool {
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { return true }
    if limit.rlim_cur >= rlim_t(wanted) { return true }
    limit.rlim_cur = rlim_t(wanted)
    limit.rlim_max = max(limit.rlim_max, rlim_t(wanted))
    return setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
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

  static func lockMemory() {
    if mlockall(MCL_CURRENT | MCL_FUTURE) != 0 {
      Log.line(
        "hearthd: warning: -k: cannot lock memory: \(String(cString: strerror(errno))); raise ulimit -l")
    }
  }

  static func writePidFile(_ path: String) throws(ProcessError) {
    try replaceFile(path, "\(getpid())\n")
  }

  /// Removes the file if it names this process: another's stays.
  static func removePidFile(_ path: String) {
    guard let file = fopen(path, "r") else { return }
    var text = [CChar](repeating: 0, count: 32)
    let line = fgets(&text, Int32(text.count), file)
    fclose(file)
    if line != nil, atoi(text) == getpid() { _ = unlink(path) }
  }

  /// The file named by MEMCACHED_PORT_FILENAME, for those who asked for any free port.
  static func writePorts(_ lines: [String], _ directory: StartingDirectory) throws(ProcessError) {
    guard let name = getenv("MEMCACHED_PORT_FILENAME") else { return }
    try replaceFile(directory.absolute(String(cString: name)), lines.map { $0 + "\n" }.joined())
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
}
