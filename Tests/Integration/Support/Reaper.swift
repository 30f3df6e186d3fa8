import Glibc
import Synchronization

/// Kills the processes that the tests started and that are still there when the test program ends, however it
/// ends: a shell waits for the end of a pipe whose only writer is this process.
final class Reaper: Sendable {
  static let shared = Reaper()

  private let pipe: Mutex<Int32>

  private static let script = """
    live=" "
    while read -r sign pid; do
      case $sign in
        +) live="$live$pid " ;;
        -) live="${live%% $pid *} ${live#* $pid }" ;;
      esac
    done
    for pid in $live; do kill -9 "$pid" 2>/dev/null; done
    """

  private init() {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { fatalError("no pipe for the reaper") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    pipe = Mutex(ends[1])
    do {
      _ = try spawn(["/bin/sh", "-c", Self.script], input: ends[0])
    } catch {
      fatalError("no shell for the reaper: \(error)")
    }
    close(ends[0])
  }

  func add(_ pid: pid_t) { write("+ \(pid)\n") }
  func remove(_ pid: pid_t) { write("- \(pid)\n") }

  private func write(_ line: String) {
    pipe.withLock { descriptor in
      _ = Array(line.utf8).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
  }
}
