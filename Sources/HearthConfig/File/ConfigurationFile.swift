import Glibc
import Yams

/// A YAML file turned into a tree of entries, with everything refused that could make reading it expensive.
enum ConfigurationFile {
  /// Bytes; a real configuration has a few thousand.
  static let sizeLimit = 1 << 20
  /// Scalars, sequences and mappings in all.
  static let nodeLimit = 50_000

  /// The root of the file, or nil when it holds nothing but comments.
  static func load(_ path: String) throws(ConfigurationError) -> Entry? {
    try parse(try bytes(of: path), path: path)
  }

  /// `path` is for error lines only.
  static func parse(_ bytes: [UInt8], path: String) throws(ConfigurationError) -> Entry? {
    let text = try decoded(bytes, path: path)
    guard let node = try compose(text, path: path) else { return nil }
    guard count(node, upTo: nodeLimit) < nodeLimit else {
      throw ConfigurationError(
        "\(path): it has more than \(nodeLimit) values; this is not a hearthd configuration")
    }
    return Entry(file: path, line: node.mark?.line ?? 1, key: "", node: node)
  }

  private static func bytes(of path: String) throws(ConfigurationError) -> [UInt8] {
    // Not blocking: opening a pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path, errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG, S_IFCHR: break
    case S_IFDIR: throw ConfigurationError("\(path): it is a directory; name the file in it")
    default: throw ConfigurationError("\(path): it is not a regular file; copy it to one")
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= sizeLimit {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count > 0 {
        bytes += chunk[..<count]
      } else if errno != EINTR {
        throw failure(path, errno)
      }
    }
    throw ConfigurationError("\(path): it is larger than 1 MiB; this is not a hearthd configuration")
  }

  private static func failure(_ path: String, _ code: Int32) -> ConfigurationError {
    let remedy =
      switch code {
      case ENOENT, ENOTDIR: "check the path"
      case EACCES, EPERM: "make it readable for the user who starts hearthd"
      default: "check the file"
      }
    return ConfigurationError("\(path): cannot be read, \(String(cString: strerror(code))); \(remedy)")
  }

  /// UTF-8 without control characters, directives and anchors.
  private static func decoded(_ bytes: [UInt8], path: String) throws(ConfigurationError) -> String {
    var line = 1
    for (i, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "\n"): line += 1
      case UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
      case 0..<32, 127:
        throw ConfigurationError(
          "\(path):\(line): a control character (byte \(byte)) is in the file; save it as UTF-8 text")
      case UInt8(ascii: "%") where isLineStart(bytes, at: i):
        // libyaml compares each %TAG with all before it.
        throw ConfigurationError(
          "\(path):\(line): directives are not read here; remove the line that begins with %")
      case UInt8(ascii: "&") where isAnchor(bytes, at: i):
        throw ConfigurationError(
          "\(path):\(line): anchors are not read here; write the value out in each place, and put a blank after an & "
            + "in text")
      default: break
      }
    }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    // No byte of a longer UTF-8 sequence is a newline, so each line stands alone.
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let bad = 1 + (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0)
    throw ConfigurationError("\(path):\(bad): the file is not UTF-8; save it as UTF-8 text")
  }

  /// Whether libyaml may see the beginning of a line at `i`. A byte beyond ASCII before it may be a byte order mark or
  /// one of YAML 1.1's line breaks.
  private static func isLineStart(_ bytes: [UInt8], at i: Int) -> Bool {
    guard i > 0 else { return true }
    return bytes[i - 1] >= 128 || bytes[i - 1] == UInt8(ascii: "\n") || bytes[i - 1] == UInt8(ascii: "\r")
  }

  /// Whether the `&` at `i` could begin an anchor. Aliases of aliases grow exponentially, and the composer already
  /// hashes whole keys, so they are kept from it: no alias without an anchor. An `&` in a word or before a blank is
  /// none (YAML 1.2, 6.9.2).
  private static func isAnchor(_ bytes: [UInt8], at i: Int) -> Bool {
    func isWord(_ j: Int) -> Bool {
      guard bytes.indices.contains(j) else { return false }
      switch bytes[j] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        return true
      // A byte beyond ASCII before the & may be a line break (U+0085, U+2028), so it proves nothing.
      default: return false
      }
    }
    return isWord(i + 1) && !isWord(i - 1)
  }

  private static func count(_ node: Node, upTo limit: Int) -> Int {
    var pending = [node]
    var seen = 0
    while let next = pending.popLast(), seen < limit {
      seen += 1
      switch next {
      case .mapping(let mapping):
        for (key, value) in mapping { pending += [key, value] }
      case .sequence(let sequence): pending += sequence
      case .scalar, .alias: break
      }
    }
    return seen
  }
}
