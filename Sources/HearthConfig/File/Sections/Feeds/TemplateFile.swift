import Glibc

/// Reads the file of a template.
enum TemplateFile {
  /// Its text, or a line at the key that names it.
  static func text(of path: String, _ entry: Entry) throws(ConfigurationError) -> String {
    // Not blocking: opening a pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(path, entry, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path, entry, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw entry.error("\(path) is not a regular file", "name the template's file")
    }
    var bytes = [UInt8](repeating: 0, count: PageTemplate.sizeLimit + 1)
    var length = 0
    while length < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        read(descriptor, $0.baseAddress! + length, $0.count - length)
      }
      if count == 0 { break }
      if count > 0 {
        length += count
      } else if errno != EINTR {
        throw failure(path, entry, errno)
      }
    }
    guard length <= PageTemplate.sizeLimit else {
      throw entry.error("\(path) is larger than \(Quantity.bytes(PageTemplate.sizeLimit))", "make it smaller")
    }
    guard let text = String(validating: bytes[..<length], as: UTF8.self) else {
      throw entry.error("\(path) is not UTF-8", "save it as UTF-8 text")
    }
    return text
  }

  private static func failure(_ path: String, _ entry: Entry, _ code: Int32) -> ConfigurationError {
    entry.error(
      "\(path) cannot be read, \(String(cString: strerror(code)))",
      code == ENOENT || code == ENOTDIR
        ? "check the path; it begins where this file is" : "make it readable for the user who starts hearthd")
  }
}
