import Glibc

/// A blocking connection for `stats` and other short commands. Not for load.
struct StatsClient: ~Copyable {
  private let socket: Socket

  init(_ endpoint: Endpoint) throws(SystemError) {
    socket = try Socket(connectedTo: endpoint)
    socket.setTimeout(seconds: 20)
  }

  /// `stats` or `stats NAME` as a dictionary.
  func stats(_ name: String = "") throws(SystemError) -> [String: String] {
    let reply = try command(name.isEmpty ? "stats" : "stats \(name)", until: "END\r\n")
    return Self.parse(reply)
  }

  static func parse(_ reply: String) -> [String: String] {
    Dictionary(lines(reply).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }

  /// The `STAT` lines in their order.
  static func lines(_ reply: String) -> [(name: String, value: String)] {
    // "\r\n" is one Character.
    reply.split(whereSeparator: { $0 == "\r\n" || $0 == "\n" }).compactMap { line in
      let fields = line.split(separator: " ", maxSplits: 2)
      guard fields.count >= 2, fields[0] == "STAT" else { return nil }
      return (String(fields[1]), fields.count == 3 ? String(fields[2]) : "")
    }
  }

  func number(_ name: String) throws(SystemError) -> UInt64 {
    let all = try stats()
    guard let text = all[name], let value = UInt64(text) else {
      throw SystemError("the server's stats have no number \(name)")
    }
    return value
  }

  /// Sends a line and reads until the reply ends with the given text or is an error.
  @discardableResult
  func command(_ line: String, until end: String) throws(SystemError) -> String {
    let request = Array((line + "\r\n").utf8)
    try request.withUnsafeBufferPointer { buffer throws(SystemError) in
      try socket.sendAll(buffer.baseAddress!, buffer.count)
    }
    var reply: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    let ending = Array(end.utf8)
    while true {
      let n = try chunk.withUnsafeMutableBufferPointer { buffer throws(SystemError) in
        try socket.receive(buffer.baseAddress!, buffer.count)
      }
      reply += chunk[0..<n]
      if reply.suffix(ending.count).elementsEqual(ending) {
        return String(decoding: reply, as: UTF8.self)
      }
      if reply.last == 0x0A, reply.starts(with: "ERROR".utf8) || reply.starts(with: "SERVER_ERROR".utf8) {
        throw SystemError("\(line): \(String(decoding: reply.dropLast(2), as: UTF8.self))")
      }
    }
  }
}
