import Glibc

/// Unbuffered text to standard error and standard output.
enum Console {
  static func error(_ line: String) { write(line, STDERR_FILENO) }
  static func output(_ text: String) { write(text, STDOUT_FILENO) }

  private static func write(_ text: String, _ descriptor: Int32) {
    var rest = Array((text + "\n").utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }
}
