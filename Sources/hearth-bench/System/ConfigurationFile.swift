import CHearth
import Glibc

/// A configuration file for a server that is about to be started, in the directory for temporary files.
struct ConfigurationFile: ~Copyable {
  let path: String

  deinit { unlink(path) }

  private init(path: String) { self.path = path }

  static func write(_ text: String) throws(SystemError) -> ConfigurationFile {
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(directory)/hearth-bench-XXXXXX.yaml".utf8CString)
    let descriptor = mkstemps(&template, 5)
    if descriptor < 0 { throw SystemError(call: "a temporary file in \(directory)") }
    close(descriptor)
    let name = template.dropLast().map { UInt8(bitPattern: $0) }
    let file = ConfigurationFile(path: String(decoding: name, as: UTF8.self))
    try OutputFile.write(text, to: file.path)
    return file
  }

  /// Asks hearthd itself whether it takes the file, and throws the line that it answers if it does not.
  func check(with hearthd: String) throws(SystemError) {
    let child = try ChildProcess([hearthd, "--config", path, "--check"], piped: true, withErrors: true)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let n = read(child.output, &chunk, chunk.count)
      if n < 0, hearth_errno() == EINTR { continue }
      if n <= 0 { break }
      bytes += chunk[0..<n]
    }
    if child.waitForSuccess() { return }
    let line = bytes.split(separator: 0x0A).first.map { String(decoding: $0, as: UTF8.self) }
    throw SystemError("\(hearthd) refuses the configuration: \(line ?? "it says nothing")")
  }
}
