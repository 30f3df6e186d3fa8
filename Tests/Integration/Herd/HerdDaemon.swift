import Glibc

/// A daemon whose default pool has these rules.
func herdDaemon(_ rules: String, more: String = "", flags: [String] = []) throws -> Daemon {
  let folder = try TemporaryFolder()
  let file = try folder.write(
    "herd.yaml", "memory: 128m\npools:\n  - {name: default, \(rules)}\n\(more)")
  return try Daemon(["--config", file] + flags, folder: folder)
}

extension Client {
  /// Asks for a key; the value, or nil for a miss.
  func value(of key: String) throws -> String? {
    let reply = try ask("get \(key)")
    if reply == "END\r\n" { return nil }
    let lines = reply.split(separator: "\r\n", omittingEmptySubsequences: false)
    guard lines.count >= 3, lines[0].hasPrefix("VALUE ") else { throw TestFailure("get answered \(reply)") }
    return String(lines[1])
  }

  /// Nothing comes for that long.
  func staysSilent(milliseconds: Int32) -> Bool {
    var p = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&p, 1, milliseconds) == 0
  }

  /// Waits until the item has at most this many seconds left.
  func waitForRemaining(_ seconds: Int, of key: String) throws {
    try eventually("\(key) has \(seconds) s left") { try ask("mg \(key) N0 t") == "HD t\(seconds)\r\n" }
  }
}

/// Sets of clients that are connected to the same daemon.
func clients(_ count: Int, of daemon: Daemon) throws -> [Client] {
  try (0..<count).map { _ in try daemon.connect() }
}
