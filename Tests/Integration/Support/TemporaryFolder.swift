import Glibc

/// A folder for one test, removed with what is in it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/hearth-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestFailure("cannot make a folder in /tmp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { unlink(file(name)) }
    }
    closedir(folder)
    rmdir(path)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Puts the text into the file at once, whatever was in it.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let temporary = file(name + ".new")
    guard let handle = fopen(temporary, "we") else { throw TestFailure("cannot write \(temporary)") }
    _ = Array(text.utf8).withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, handle) }
    fclose(handle)
    rename(temporary, file(name))
    return file(name)
  }

  /// Empty when there is no such file.
  func read(_ name: String) -> String { readText(file(name)) }
}

/// Everything in a file; empty when there is none.
func readText(_ path: String) -> String {
  guard let handle = fopen(path, "re") else { return "" }
  defer { fclose(handle) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = fread(&chunk, 1, chunk.count, handle)
    if count <= 0 { break }
    bytes += chunk[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}
