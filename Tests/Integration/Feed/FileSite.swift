import Glibc

/// A directory that a daemon serves, beside a place that it must not see. Removed with all that is in it.
final class FileSite {
  let folder: String
  /// The directory that is served.
  let root: String
  /// Everything that was opened for writing and is not closed.
  private var writers: [Int32] = []

  init() throws {
    var template = Array("/tmp/hearth-files-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestFailure("cannot make a folder in /tmp") }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    root = folder + "/pages"
    chmod(folder, 0o755)
    mkdir(root, 0o755)
  }

  deinit {
    for writer in writers { close(writer) }
    _ = try? Program(["/bin/rm", "-rf", folder])
  }

  /// A daemon that serves the root.
  func daemon(
    pool: String = "kind: deterministic, memory: 64m", feed: String = "", flags: [String] = [],
    wrapper: [String] = []
  ) throws -> Daemon {
    let files = try TemporaryFolder()
    let file = try files.write(
      "files.yaml",
      """
      memory: 256m
      pools:
        - {name: pages, prefix: "page:", \(pool)}
      feeds:
        - name: pages
          kind: files
          pool: pages
          path: \(root)
          key: "page:/{path}"
          \(feed)
      """)
    return try Daemon(["--config", file] + flags, wrapper: wrapper, folder: files)
  }

  func path(_ name: String) -> String { "\(root)/\(name)" }

  func mkdirs(_ name: String) {
    var path = root
    for part in name.split(separator: "/") {
      path += "/\(part)"
      mkdir(path, 0o755)
    }
  }

  /// Writes in place: truncates, writes, closes.
  func write(_ name: String, _ text: String) throws { try write(in: path(name), text) }

  /// The same by the whole path.
  func write(in path: String, _ text: String) throws {
    let file = try open(path)
    put(text, into: file)
    close(file)
  }

  /// Writes elsewhere and moves it over the name, as one does to publish.
  func publish(_ name: String, _ text: String) throws {
    let temporary = "\(folder)/temporary"
    let file = try open(temporary)
    put(text, into: file)
    close(file)
    rename(temporary, path(name))
  }

  /// Opens for writing; the caller closes with `finish`.
  func begin(_ name: String, _ text: String) throws -> Int32 {
    let file = try open(path(name))
    put(text, into: file)
    writers.append(file)
    return file
  }

  func put(_ text: String, into file: Int32) {
    _ = Array(text.utf8).withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
  }

  func finish(_ file: Int32) {
    writers.removeAll { $0 == file }
    close(file)
  }

  private func open(_ path: String) throws -> Int32 {
    let file = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if file < 0 { throw TestFailure("cannot write \(path)") }
    return file
  }
}

extension Daemon {
  /// A field of `stats feeds` of the feed named pages.
  func pages(_ field: String) throws -> String? {
    try connect().statistics("feeds")["pages:\(field)"]
  }

  func awaitPages() throws {
    try eventually("the pages are loaded") { try pages("phase") == "following" }
  }
}

extension Client {
  /// The value of a page; nil: there is none.
  func page(_ path: String) throws -> String? {
    let answer = try ask("get page:/\(path)")
    if answer == "END\r\n" { return nil }
    guard let start = answer.firstRange(of: "\r\n"), answer.hasPrefix("VALUE "),
      answer.hasSuffix("\r\nEND\r\n")
    else { throw TestFailure("page \(path): \(answer)") }
    return String(answer[start.upperBound...].dropLast("\r\nEND\r\n".count))
  }

  /// Waits until the page is this.
  func await(_ path: String, _ text: String?, _ why: String = "") throws {
    var found: String?
    do {
      try eventually("\(path) is as it should be \(why)", seconds: 15) {
        found = try page(path)
        return found == text
      }
    } catch let failure as TestFailure {
      throw TestFailure("\(failure); it is \(found ?? "not there"), not \(text ?? "absent")")
    }
  }
}
