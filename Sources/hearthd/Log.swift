import Glibc

/// Lines on standard error.
enum Log {
  static func line(_ text: String) {
    let line = Array((text + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
  }
}
