import Glibc

/// A directory for one site's files, gone with this object.
final class ChaosFolder {
  let path: String

  init() throws(SystemError) {
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(directory)/hearth-chaos-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError(call: "a directory in \(directory)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { _ = ChildProcess.run(["rm", "-rf", "--one-file-system", path]) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and returns its path.
  func write(_ name: String, _ text: String) throws(SystemError) -> String {
    try OutputFile.write(text, to: file(name))
    return file(name)
  }
}
