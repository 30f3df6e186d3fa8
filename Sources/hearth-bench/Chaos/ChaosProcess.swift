import Glibc

/// A program of the site. It is killed when this object goes.
final class ChaosProcess {
  private let child: ChildProcess

  init(_ arguments: [String], log: String? = nil) throws(SystemError) {
    child = try ChildProcess(arguments, log: log)
  }

  var isRunning: Bool { !child.hasEnded }

  func signal(_ number: Int32) { kill(child.pid, number) }

  /// Asks it to end in order and waits for that, at most ten seconds.
  func end() {
    signal(SIGTERM)
    for _ in 0..<1000 where isRunning { usleep(10_000) }
  }
}
