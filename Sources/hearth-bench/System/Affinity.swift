import Glibc

/// Binds this program to cores. Done with taskset(1): sched_setaffinity is not exported to Swift.
enum Affinity {
  /// All threads, those started later too.
  static func pinSelf(to core: Int) throws(SystemError) {
    guard ChildProcess.run(["taskset", "-apc", "\(core)", "\(getpid())"]) else {
      throw SystemError("cannot bind to core \(core); is taskset installed and the core there?")
    }
  }
}
