import Foundation
import Glibc

/// A MariaDB server of the test's own, on a unix socket in a temporary folder, with a binlog in the ROW format. It is killed
/// when this object goes, or the test process dies.
package final class PrivateMariaDB {
  /// What could not be done.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// The data folder: binlogs are `bin.000001` and so on.
  package let folder: String
  /// For clients.
  package let socket: String
  private let arguments: [String]
  private var server = Process()
  private var life = Pipe()

  /// Starts a server; about a second. `options` come after the usual ones.
  package init(options: [String] = []) throws {
    var template = Array("/tmp/hearth-mariadb-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(description: "mkdtemp: \(errno)") }
    folder = template.withUnsafeBufferPointer { String(cString: $0.baseAddress.unsafelyUnwrapped) }
    socket = folder + "/socket"
    let user = getuid() == 0 ? ["--user=root"] : []
    // Servers remove what they take for left-over tables of their own from the folder for temporary files.
    let temporary = folder + "/tmp"
    mkdir(temporary, 0o700)
    _ = try Self.output(
      "TMPDIR=\(temporary)",
      [
        "mariadb-install-db",
        "--no-defaults", "--datadir=\(folder)/data", "--auth-root-authentication-method=normal",
        "--skip-test-db",
      ]
        + ["--skip-name-resolve"] + user)
    arguments = Self.arguments(folder, socket, user + options)
    try start()
  }

  /// Starts the server, again after `kill`.
  package func start() throws {
    (server, life) = (Process(), Pipe())
    server.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    server.arguments = ["-c", ServerKeeper.program, folder, "mariadbd", "--no-defaults"] + arguments
    server.standardInput = life
    try server.run()
    try waitUntilReady()
  }

  /// Kills the server as a crash does.
  package func kill() {
    guard server.isRunning else { return }
    // A word, because daemons of the test may have inherited the pipe and keep it open.
    try? life.fileHandleForWriting.write(contentsOf: Data("end\n".utf8))
    server.waitUntilExit()
  }

  private static func arguments(_ folder: String, _ socket: String, _ options: [String]) -> [String] {
    [
      "--datadir=\(folder)/data", "--socket=\(socket)", "--skip-networking", "--server-id=1", "--log-bin=bin",
      "--binlog-format=ROW", "--binlog-row-image=FULL", "--binlog-row-metadata=FULL", "--gtid-strict-mode=ON",
      "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M", "--log-error=\(folder)/error",
      "--tmpdir=\(folder)/tmp", "--default-time-zone=+00:00", "--max-allowed-packet=64M",
    ] + options
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Path of the binlogs, oldest first.
  package var binlogs: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/data")) ?? []
    return names.filter { $0.hasPrefix("bin.0") }.sorted().map { "\(folder)/data/\($0)" }
  }

  /// Runs statements over one connection in utf8mb4; what they say, columns parted by tabs, without names.
  @discardableResult
  package func run(_ sql: String) throws -> String {
    try Self.output(
      "mariadb",
      ["--no-defaults", "-uroot", "--socket=\(socket)", "--default-character-set=utf8mb4", "-N", "--batch"]
        + ["--max-allowed-packet=64M"], input: sql)
  }

  /// Rows of a SELECT whose columns are all text of digits, letters and such: nil for NULL.
  package func rows(_ select: String) throws -> [[String?]] {
    try run(select).split(separator: "\n").map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map { $0 == "NULL" ? nil : String($0) }
    }
  }

  /// Rows of the expressions, whatever their bytes are: each is asked for in hexadecimal.
  package func texts(_ expressions: [String], _ rest: String) throws -> [[[UInt8]?]] {
    let list = expressions.map { "HEX(CAST(\($0) AS BINARY))" }.joined(separator: ", ")
    return try rows("SELECT \(list) \(rest)").map { $0.map { $0.map(Self.bytes) } }
  }

  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in hexadecimal.utf8 {
      let value = digit <= UInt8(ascii: "9") ? digit & 15 : (digit & 15) + 9
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }

  private func waitUntilReady() throws {
    for _ in 0..<600 {
      if (try? run("SELECT 1")) != nil { return }
      guard server.isRunning else { break }
      usleep(50_000)
    }
    let log = (try? String(contentsOfFile: folder + "/error", encoding: .utf8)) ?? ""
    throw Failure(description: "mariadbd does not answer: \(log.suffix(2000))")
  }

  private static func output(_ program: String, _ arguments: [String], input: String = "") throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let (standardOutput, standardError) = (Pipe(), Pipe())
    process.standardInput = try Self.file(with: input)
    process.standardOutput = standardOutput
    process.standardError = standardError
    try process.run()
    let output = Self.read(standardOutput.fileHandleForReading.fileDescriptor)
    let complaints = Self.read(standardError.fileHandleForReading.fileDescriptor)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "\(program): \(String(decoding: complaints, as: UTF8.self))")
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Foundation's own reading ends the process when a signal interrupts it, of an ended child for example.
  private static func read(_ descriptor: CInt) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = Array(repeating: UInt8(0), count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }

  /// A file without a name that holds the text: unlike a pipe it needs nobody to read it.
  private static func file(with text: String) throws -> FileHandle {
    var template = Array("/tmp/hearth-sql-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Failure(description: "mkstemp: \(errno)") }
    unlink(template)
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try file.write(contentsOf: Data(text.utf8))
    try file.seek(toOffset: 0)
    return file
  }
}
