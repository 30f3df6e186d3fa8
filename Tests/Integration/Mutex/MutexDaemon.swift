import COpenSSL
import Glibc

/// A daemon with a mutex port.
struct MutexDaemon {
  let daemon: Daemon
  let folder: TemporaryFolder
  /// Path of the port's unix socket.
  let path: String

  /// `rules` are lines of the section `mutex`.
  init(_ rules: [String] = [], flags: [String] = []) throws {
    folder = try TemporaryFolder()
    path = folder.file("keyedmutexd.sock")
    try folder.write("mutex.yaml", Self.text(path, rules))
    daemon = try Daemon(["--config", folder.file("mutex.yaml")] + flags, folder: folder)
  }

  private static func text(_ path: String, _ rules: [String]) -> String {
    (["mutex:", "listen: [0, \(path)]"] + rules).joined(separator: "\n  ") + "\nadmin:\n  listen: 0\n"
  }

  /// Other rules, by SIGHUP.
  func reload(_ rules: [String]) throws {
    try folder.write("mutex.yaml", Self.text(path, rules))
    daemon.process.signal(SIGHUP)
  }

  var port: UInt16 { daemon.listeners.first { $0.kind == "MUTEX INET" }?.port ?? 0 }

  func connect() throws -> Client { try Client(port: port, owner: daemon) }

  func connectLocally() throws -> Client { try Client(path: path, owner: daemon) }

  /// A client of the cache.
  func cache() throws -> Client { try daemon.connect() }

  /// Waits until so many peers wait.
  func awaitWaiting(_ count: Int) throws {
    let client = try cache()
    try eventually("\(count) wait") { try client.statistic("waiting", of: "mutex") == count }
  }
}

/// What a client of the port sends for a key: its MD5.
func md5(_ key: String) -> [UInt8] {
  let bytes = Array(key.utf8)
  var digest = [UInt8](repeating: 0, count: 16)
  guard EVP_Digest(bytes, bytes.count, &digest, nil, EVP_md5(), nil) == 1 else { return [] }
  return digest
}

extension Client {
  /// Asks for a key and expects to own it.
  func own(_ key: String) throws {
    try send(md5(key))
    let answer = try read(1)
    guard answer == [UInt8(ascii: "O")] else {
      throw TestFailure("asked for \(key) and got \"\(printable(answer))\"")
    }
  }

  /// The next byte as text; empty when the daemon closed.
  func answer() throws -> String { String(decoding: try read(1), as: UTF8.self) }

  /// Nothing comes for that long.
  func isSilent(for milliseconds: Int32 = 50) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, milliseconds) == 0
  }
}
