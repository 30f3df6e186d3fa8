import Foundation
import Glibc
import HearthRig

/// An etcd of the test's own: one member on loopback, with its data in a temporary folder. It is killed when this object goes, or
/// the test process dies.
package final class PrivateEtcd {
  /// What could not be done.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// Where its clients connect.
  package let port: UInt16
  private let peerPort: UInt16
  private let folder: String
  private let options: [String]
  private var server = Process()
  private var life = Pipe()

  /// Starts it; about a second. `options` come after the usual ones.
  package init(options: [String] = []) throws {
    self.options = options
    var template = Array("/tmp/hearth-etcd-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(description: "mkdtemp: \(errno)") }
    folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress.unsafelyUnwrapped) }
    port = try FreePort.next()
    peerPort = try FreePort.next()
    try start()
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Starts it, again after `kill`, with the data that it had.
  package func start() throws {
    (server, life) = (Process(), Pipe())
    server.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    let (client, peer) = ("http://127.0.0.1:\(port)", "http://127.0.0.1:\(peerPort)")
    server.arguments =
      [
        "-c", ServerKeeper.program, folder, "etcd", "--data-dir=\(folder)/data",
        "--listen-client-urls=\(client)",
        "--advertise-client-urls=\(client)", "--listen-peer-urls=\(peer)",
        "--initial-cluster=default=\(peer)",
        "--initial-advertise-peer-urls=\(peer)", "--unsafe-no-fsync", "--logger=zap",
        "--log-outputs=\(folder)/log",
      ] + options
    server.standardInput = life
    try server.run()
    for _ in 0..<100 {
      if (try? ask("/v3/maintenance/status")) != nil { return }
      guard server.isRunning else { break }
      usleep(50_000)
    }
    let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
    throw Failure(description: "etcd does not answer: \(log.suffix(2000))")
  }

  /// Kills it as a crash does.
  package func kill() {
    guard server.isRunning else { return }
    resume()
    try? life.fileHandleForWriting.write(contentsOf: Data("end\n".utf8))
    server.waitUntilExit()
  }

  /// It takes connections and answers nothing any more, once this returns.
  package func pause() {
    signal(SIGSTOP)
    // Each of its threads stops when it gets to run.
    while !children.allSatisfy(Self.isStopped) { usleep(1000) }
  }

  /// Ends a pause.
  package func resume() { signal(SIGCONT) }

  /// From now on it answers those only who log in: `root`, with this password.
  package func demandLogin(password: String) throws {
    try ask("/v3/auth/user/add", #"{"name":"root","password":"\#(password)"}"#)
    try ask("/v3/auth/role/add", #"{"name":"root"}"#)
    try ask("/v3/auth/user/grant", #"{"user":"root","role":"root"}"#)
    try ask("/v3/auth/enable")
  }

  /// Puts a text, of which and of the key the base64 is given.
  package func put(_ key: String, _ value: String) throws {
    try ask("/v3/kv/put", #"{"key":"\#(key)","value":"\#(value)"}"#)
  }

  /// What it answers to a request of its JSON gateway; a refusal is an error.
  @discardableResult
  package func ask(_ path: String, _ body: String = "{}") throws -> String {
    let question = Process()
    question.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    let program =
      "import sys, urllib.request as r; "
      + "print(r.urlopen(r.Request(sys.argv[1], sys.argv[2].encode()), timeout=5).read().decode())"
    question.arguments = ["-c", program, "http://127.0.0.1:\(port)\(path)", body]
    let output = Pipe()
    question.standardInput = FileHandle.nullDevice
    question.standardOutput = output
    question.standardError = FileHandle.nullDevice
    try question.run()
    question.waitUntilExit()
    guard question.terminationStatus == 0 else { throw Failure(description: "etcd refuses \(path)") }
    let answer = (try? output.fileHandleForReading.readToEnd()) ?? Data()
    return String(decoding: answer, as: UTF8.self)
  }

  private func signal(_ number: CInt) { for child in children { Glibc.kill(child, number) } }

  /// What the keeper has started.
  private var children: [pid_t] {
    let keeper = server.processIdentifier
    let list = try? String(contentsOfFile: "/proc/\(keeper)/task/\(keeper)/children", encoding: .utf8)
    return (list ?? "").split(separator: " ").compactMap { pid_t($0) }
  }

  private static func isStopped(_ process: pid_t) -> Bool {
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
    return threads.allSatisfy { thread in
      let status = try? String(contentsOfFile: "/proc/\(process)/task/\(thread)/status", encoding: .utf8)
      return status?.contains("State:\tT") ?? true
    }
  }
}
