import CHearth
import Glibc

/// A program started by this one. It is killed, by its own number, when the value goes away or when this
/// program ends by a signal; nothing else is ever killed.
struct ChildProcess: ~Copyable {
  let pid: pid_t
  /// The reading end of its standard output, when asked for.
  let output: Int32

  /// - Parameters:
  ///   - piped: standard output goes to `output`; otherwise it and standard error are dropped.
  ///   - withErrors: standard error goes there too.
  ///   - input: descriptor that becomes its standard input.
  ///   - log: path of a file that both are appended to, instead.
  ///   - outlives: a signal that ends this program leaves it alone: it sees the end of its input and cleans up.
  init(
    _ arguments: [String], piped: Bool = false, withErrors: Bool = false, input: Int32? = nil,
    log: String? = nil, outlives: Bool = false
  ) throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    if piped, pipe(&ends) != 0 { throw SystemError(call: "pipe") }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    if piped {
      posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
      if withErrors { posix_spawn_file_actions_adddup2(&actions, ends[1], 2) }
      posix_spawn_file_actions_addclose(&actions, ends[0])
      posix_spawn_file_actions_addclose(&actions, ends[1])
    } else {
      posix_spawn_file_actions_addopen(
        &actions, 1, log ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o644)
      posix_spawn_file_actions_adddup2(&actions, 1, 2)
    }
    var texts: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    texts.append(nil)
    defer { for text in texts { free(text) } }
    var child: pid_t = 0
    let status = posix_spawnp(&child, arguments[0], &actions, nil, &texts, environ)
    if piped { close(ends[1]) }
    if status != 0 {
      if piped { close(ends[0]) }
      throw SystemError(call: arguments[0], errno: status)
    }
    pid = child
    output = ends[0]
    if !outlives { ChildRegistry.add(child) }
  }

  deinit {
    if output >= 0 { close(output) }
    kill(pid, SIGKILL)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, hearth_errno() == EINTR {}
    ChildRegistry.remove(pid)
  }

  /// Whether it has ended by itself. It stays a zombie until the value goes away, so its number stays ours.
  var hasEnded: Bool {
    var information = siginfo_t()
    information.si_signo = 0
    return waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0
      && information.si_signo != 0
  }

  /// Waits for its end; true when it ended with status 0.
  func waitForSuccess() -> Bool {
    var information = siginfo_t()
    while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, hearth_errno() == EINTR {}
    return information.si_code == Int32(CLD_EXITED) && information._sifields._sigchld.si_status == 0
  }

  /// Runs a program to its end; true when it ended with status 0.
  static func run(_ arguments: [String]) -> Bool {
    guard let child = try? ChildProcess(arguments) else { return false }
    return child.waitForSuccess()
  }
}
