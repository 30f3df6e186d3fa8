import CHearth
import Glibc

/// A blocking connection that gives up after 30 seconds. It keeps its daemon alive.
final class Client {
  let descriptor: Int32
  private let owner: Daemon?
  /// Received and not yet asked for.
  private var buffer: [UInt8] = []
  private(set) var hasEnded = false

  static let patienceMilliseconds: Int32 = 30_000

  init(port: UInt16, host: String = "127.0.0.1", owner: Daemon? = nil) throws {
    self.owner = owner
    descriptor = try SocketAddress(host: host, port: port).connect(Int32(SOCK_STREAM.rawValue))
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
  }

  init(path: String, owner: Daemon? = nil) throws {
    self.owner = owner
    descriptor = try SocketAddress(path: path).connect(Int32(SOCK_STREAM.rawValue))
  }

  deinit { close(descriptor) }

  // ---- sending ----

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws { _ = try transfer(bytes, until: { _ in true }) }

  /// Sends as much as the server takes and leaves the rest away: for peers that do not play by the rules. Whether it
  /// waits for room is decided by a tenth of a second without any.
  func offer(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&entry, 1, 100) > 0 else { return }
      let count = bytes[sent...].withUnsafeBytes { raw in
        Glibc.send(descriptor, raw.baseAddress, raw.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
      }
      if count < 0, ![EINTR, EAGAIN].contains(hearth_errno()) {
        hasEnded = true
        return
      }
      sent += max(0, count)
    }
  }

  /// Announces that nothing more will be sent.
  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  // ---- receiving ----

  func read(_ count: Int) throws -> [UInt8] {
    _ = try transfer([], until: { $0.count >= count })
    return take(count)
  }

  /// A line without its end.
  func readLine() throws -> String {
    _ = try transfer([], until: { $0.contains(UInt8(ascii: "\n")) })
    guard let end = buffer.firstIndex(of: UInt8(ascii: "\n")) else {
      throw TestFailure("the connection ended inside a line: \(printable(buffer))")
    }
    return String(decoding: take(end + 1), as: UTF8.self).replacing("\r\n", with: "")
  }

  /// Everything until the server closes.
  func readToEnd() throws -> [UInt8] {
    while !hasEnded { _ = try transfer([], until: { _ in false }) }
    return take(buffer.count)
  }

  /// Sends all of it while taking what comes, until what came ends with `end` or the server closes.
  func exchange(_ request: [UInt8], end: String) throws -> [UInt8] {
    let end = Array(end.utf8)
    _ = try transfer(request, until: { $0.suffix(end.count) == end[...] })
    return take(buffer.count)
  }

  private func take(_ count: Int) -> [UInt8] {
    let taken = Array(buffer.prefix(count))
    buffer.removeFirst(taken.count)
    return taken
  }

  /// Sends and receives at once, so that neither side waits for the other, until all is sent and the condition holds
  /// for what was received or the server has closed.
  private func transfer(
    _ request: [UInt8], until isEnough: ([UInt8]) -> Bool
  ) throws -> Bool {
    var sent = 0
    var chunk = [UInt8](repeating: 0, count: 65536)
    while sent < request.count || !isEnough(buffer) {
      if hasEnded { return false }
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if sent < request.count { entry.events |= Int16(POLLOUT) }
      let ready = poll(&entry, 1, Self.patienceMilliseconds)
      if ready == 0 { throw TestFailure("no answer for 30 s; received so far: \(printable(buffer))") }
      if ready < 0 { continue }
      if entry.revents & Int16(POLLOUT) != 0 {
        let count = request[sent...].withUnsafeBytes { raw in
          Glibc.send(descriptor, raw.baseAddress, raw.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        }
        // A server that has closed makes sending fail; what it said before is still to be read.
        if count < 0, ![EINTR, EAGAIN].contains(hearth_errno()) { sent = request.count }
        if count > 0 { sent += count }
      }
      if entry.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 {
        let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
        if count > 0 { buffer += chunk[..<count] }
        // A reset counts as an end: a server that closes with bytes unread resets the connection.
        if count == 0 || (count < 0 && ![EINTR, EAGAIN].contains(hearth_errno())) { hasEnded = true }
      }
    }
    return true
  }
}

/// The bytes as a Swift literal would show them, shortened.
func printable(_ bytes: [UInt8], limit: Int = 600) -> String {
  var text = ""
  for byte in bytes.prefix(limit) {
    switch byte {
    case 10: text += "\\n"
    case 13: text += "\\r"
    case 92: text += "\\\\"
    case 32..<127: text.unicodeScalars.append(UnicodeScalar(byte))
    default:
      let digits = String(byte, radix: 16)
      text += "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
  }
  return bytes.count > limit ? text + "... (\(bytes.count) bytes)" : text
}
