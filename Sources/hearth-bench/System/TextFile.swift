import CHearth
import Glibc

/// Reads small text files, such as those in /proc.
enum TextFile {
  static func read(_ path: String) throws(SystemError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw SystemError(call: path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let n = Glibc.read(descriptor, &chunk, chunk.count)
      if n < 0 {
        if hearth_errno() == EINTR { continue }
        throw SystemError(call: path)
      }
      if n == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[0..<n]
    }
  }
}
