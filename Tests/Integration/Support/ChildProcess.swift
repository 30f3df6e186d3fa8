import CHearth
import Glibc
import Synchronization

/// A process that a test started. It is killed when the test lets go of it.
final class ChildProcess: Sendable {
  enum Ending: Equatable {
    case exit(Int32)
    case signal(Int32)
  }

  let pid: pid_t
  /// Nil while it has not been waited for.
  private let ending = Mutex<Ending?>(nil)

  init(
    _ arguments: [String], output: String? = nil, errors: String? = nil, environment: [String: String] = [:]
  ) throws {
    _ = Reaper.shared
    pid = try spawn(arguments, output: output, errors: errors, environment: environment)
    Reaper.shared.add(pid)
  }

  deinit {
    if collect() == nil {
      Glibc.kill(pid, SIGKILL)
      while collect() == nil { usleep(1000) }
    }
  }

  func signal(_ number: Int32) { Glibc.kill(pid, number) }

  /// How it ended; nil while it runs.
  @discardableResult
  func collect() -> Ending? {
    ending.withLock { ending in
      if ending != nil { return ending }
      var status: Int32 = 0
      let found = waitpid(pid, &status, WNOHANG)
      guard found == pid || (found < 0 && hearth_errno() == ECHILD) else { return nil }
      let number = status & 0x7f
      ending = number == 0 ? .exit((status >> 8) & 0xff) : .signal(number)
      Reaper.shared.remove(pid)
      return ending
    }
  }

  /// Waits for the end of the process.
  func wait(seconds: Double = 30) throws -> Ending {
    var ending: Ending?
    try eventually("process \(pid) ends", seconds: seconds) {
      ending = collect()
      return ending != nil
    }
    guard let ending else { throw TestFailure("process \(pid) has no ending") }
    return ending
  }
}

/// Looks again and again until the condition holds; fails after the time given, which is long because the
/// machine may be busy.
func eventually(
  _ what: String, seconds: Double = 30, _ condition: () throws -> Bool
) throws {
  let deadline = hearth_monotonic_ns() + UInt64(seconds * 1e9)
  var pause: UInt32 = 500
  while !(try condition()) {
    guard hearth_monotonic_ns() < deadline else {
      throw TestFailure("waited \(seconds) s in vain until \(what)")
    }
    usleep(pause)
    pause = min(20_000, pause * 2)
  }
}
