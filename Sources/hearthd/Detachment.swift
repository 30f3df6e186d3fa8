import Glibc

// Swift hides fork because a child of several threads can do little; here it has the only one.
@_silgen_name("fork")
private func systemFork() -> pid_t

/// A process that leaves its terminal (`-d`). The process that was started waits until the one that goes on is ready,
/// and exits with its status, so that nobody takes a failed start for a good one. Until then standard error stays the
/// starter's.
struct Detachment {
  /// Where readiness is told; the starter sees its end when this process ends.
  private let pipe: Int32

  /// Forks; returns in the child, in a session of its own. Before any thread is made.
  init(keepsDirectory: Bool) throws(ProcessError) {
    var ends: [Int32] = [-1, -1]
    if Glibc.pipe(&ends) != 0 { throw ProcessError("cannot detach from the terminal", errno) }
    // Output that is buffered now would be written twice.
    fflush(nil)
    let child = systemFork()
    if child < 0 { throw ProcessError("cannot detach from the terminal", errno) }
    if child > 0 {
      close(ends[1])
      _exit(Self.status(of: child, ends[0]))
    }
    close(ends[0])
    pipe = ends[1]
    if setsid() < 0 { throw ProcessError("cannot detach from the terminal", errno) }
    if !keepsDirectory, chdir("/") != 0 { throw ProcessError("cannot change to /", errno) }
  }

  /// Lets the starter exit with 0 and goes on without standard streams.
  func tellReady() {
    let null = open("/dev/null", O_RDWR)
    if null >= 0 {
      for stream in STDIN_FILENO...STDERR_FILENO { dup2(null, stream) }
      if null > STDERR_FILENO { close(null) }
    }
    var byte: UInt8 = 1
    _ = write(pipe, &byte, 1)
    close(pipe)
  }

  /// The starter's part: 0 when the child is ready, else what the child ended with.
  private static func status(of child: pid_t, _ pipe: Int32) -> Int32 {
    var byte: UInt8 = 0
    var count = 0
    repeat { count = read(pipe, &byte, 1) } while count < 0 && errno == EINTR
    if count == 1 { return 0 }
    var status: Int32 = 0
    var ended: pid_t = 0
    repeat { ended = waitpid(child, &status, 0) } while ended < 0 && errno == EINTR
    if ended == child, status & 0x7f == 0 { return (status >> 8) & 0xff }
    Log.line("hearthd: the detached process died before it was ready")
    return systemRefused
  }
}
