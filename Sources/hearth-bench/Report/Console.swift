import Glibc

/// Unbuffered text to standard error and standard output.
enum Console {
  static func error(_ text: String, newline: Bool = true) { write(text, newline, 2) }
  static func output(_ text: String) { write(text, true, 1) }

  private static func write(_ text: String, _ newline: Bool, _ descriptor: Int32) {
    var text = newline ? text + "\n" : text
    text.withUTF8 { bytes in
      var sent = 0
      while sent < bytes.count {
        let n = Glibc.write(descriptor, bytes.baseAddress! + sent, bytes.count - sent)
        if n <= 0 { return }
        sent += n
      }
    }
  }
}
