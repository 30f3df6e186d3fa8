import CHearth
import Glibc

/// A small process that outlives this one by some milliseconds: it writes `unfit` into the role file when hearthd has ended, however
/// that came about. Without it keepalived would keep the address of a killed daemon until the partner's timers run out,
/// more than three times `advert_int`. It reads a pipe whose other end only this process has. Owned by the main thread.
struct RoleGuard: ~Copyable {
  /// Ends with the pipe, also on a signal to this process or its group. `>` writes in place, as keepalived needs it.
  private static let program = "read -r line; printf '%s\\n' \(StandbyRole.unfit.rawValue) > \"$0\""

  /// POSIX_SPAWN_SETSID, which the Glibc module does not export.
  private static let ownSession: Int16 = 0x80

  private let pipe: Int32
  private let process: pid_t

  /// Starts it, with the rights that this process has now.
  ///
  /// - Throws: `ServerError` when there can be no other process.
  init(_ path: String) throws(ServerError) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw Self.failure(hearth_errno()) }
    defer { close(ends[0]) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
    for stream in [STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A session of its own: what a terminal sends to the group is not for it. Signals are as in any new process.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Self.ownSession | Int16(POSIX_SPAWN_SETSIGMASK))
    let words = ["/bin/sh", "-c", Self.program, path]
    var texts: [UnsafeMutablePointer<CChar>?] = words.map { word in strdup(word) }
    texts.append(nil)
    defer { for text in texts { free(text) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, &texts, environ)
    guard code == 0 else {
      close(ends[1])
      throw Self.failure(code)
    }
    pipe = ends[1]
    process = child
  }

  deinit {
    close(pipe)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, hearth_errno() == EINTR {}
  }

  private static func failure(_ code: Int32) -> ServerError {
    ServerError("the role file cannot be guarded: \(String(cString: strerror(code)))")
  }
}
