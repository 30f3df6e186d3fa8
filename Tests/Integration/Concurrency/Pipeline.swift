import CHearth
import Glibc

/// Requests that travel together over one connection, while replies are received; these are read afterwards, in order.
final class Pipeline {
  private let client: Client
  private var requests: [UInt8] = []
  /// Received; everything before `consumed` has been read.
  private var received: [UInt8] = []
  private var consumed = 0
  private var chunk = [UInt8](repeating: 0, count: 1 << 18)

  init(_ client: Client) { self.client = client }

  func add(_ line: String) { requests += Array((line + "\r\n").utf8) }

  func add(_ line: String, data: [UInt8]) {
    add(line)
    requests += data
    requests += [13, 10]
  }

  /// Sends what was added. Replies that come meanwhile are taken, so that neither side waits for the other.
  func send() throws {
    var sent = 0
    while sent < requests.count {
      let ready = try wait(for: POLLIN | POLLOUT)
      if ready & POLLIN != 0 { try receive() }
      if ready & POLLOUT != 0 {
        let count = requests[sent...].withUnsafeBytes {
          Glibc.send(client.descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        }
        if count < 0, ![EINTR, EAGAIN].contains(hearth_errno()) { throw TestFailure("the connection broke") }
        sent += max(0, count)
      }
    }
    requests.removeAll(keepingCapacity: true)
  }

  /// The next reply of one line, which must be one of these.
  @discardableResult
  func line(_ expected: [String]) throws -> String {
    let line = try nextLine()
    guard expected.contains(line) else { throw TestFailure("\"\(line)\" instead of \(expected)") }
    return line
  }

  /// The next reply of one line when it is a number, nil for NOT_FOUND.
  func number() throws -> UInt64? {
    let line = try nextLine()
    if line == "NOT_FOUND" { return nil }
    guard let number = UInt64(line) else { throw TestFailure("\"\(line)\" is no number") }
    return number
  }

  /// The items of the next `get` or `gets`.
  func items() throws -> [(key: String, value: [UInt8], cas: UInt64)] {
    var items: [(key: String, value: [UInt8], cas: UInt64)] = []
    while true {
      let line = try nextLine()
      if line == "END" { return items }
      let words = line.split(separator: " ")
      guard words.count >= 4, words[0] == "VALUE", let length = Int(words[3]) else {
        throw TestFailure("\"\(line)\" instead of VALUE or END")
      }
      while received.count - consumed < length + 2 { try receiveMore() }
      let end = consumed + length
      guard received[end] == 13, received[end + 1] == 10 else {
        throw TestFailure("no line end behind the \(length) bytes of \"\(line)\"")
      }
      items.append(
        (String(words[1]), Array(received[consumed..<end]), words.count > 4 ? UInt64(words[4]) ?? 0 : 0))
      consumed = end + 2
    }
  }

  private func nextLine() throws -> String {
    var searched = consumed
    while true {
      if let end = received[searched...].firstIndex(of: 10) {
        guard end > consumed, received[end - 1] == 13 else {
          throw TestFailure("a line that does not end in CR LF")
        }
        defer { consumed = end + 1 }
        return String(decoding: received[consumed..<end - 1], as: UTF8.self)
      }
      let known = received.count - consumed
      try receiveMore()
      searched = consumed + known
    }
  }

  private func receiveMore() throws {
    _ = try wait(for: POLLIN)
    try receive()
  }

  private func wait(for events: Int32) throws -> Int32 {
    var entry = pollfd(fd: client.descriptor, events: Int16(events), revents: 0)
    let count = poll(&entry, 1, Client.patienceMilliseconds)
    if count == 0 { throw TestFailure("no answer for 30 s") }
    return count < 0 ? 0 : Int32(entry.revents) & POLLHUP != 0 ? POLLIN : Int32(entry.revents)
  }

  private func receive() throws {
    if consumed > 0 {
      received.removeSubrange(..<consumed)
      consumed = 0
    }
    let count = recv(client.descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
    if count == 0 { throw TestFailure("the daemon closed the connection") }
    if count < 0, ![EINTR, EAGAIN].contains(hearth_errno()) { throw TestFailure("the connection broke") }
    if count > 0 { received += chunk[..<count] }
  }
}
