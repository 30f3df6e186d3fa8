import CHearth
import Glibc

/// Writes small text files.
enum OutputFile {
  /// Throws now, and not after minutes of measuring, when the file cannot be written.
  static func check(_ path: String) throws(SystemError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw SystemError(call: path) }
    close(descriptor)
  }

  static func write(_ text: String, to path: String) throws(SystemError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw SystemError(call: path) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let n = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
      }
      if n > 0 {
        written += n
      } else if hearth_errno() != EINTR {
        throw SystemError(call: path)
      }
    }
  }
}
