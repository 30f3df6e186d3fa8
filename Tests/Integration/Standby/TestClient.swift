import CHearth
import Glibc
import HearthRig

/// A client on a machine of a virtual network: numbered values over one connection, with a bound on every wait, connecting anew
/// after an error. One thread at a time.
final class TestClient {
  enum Outcome: Equatable {
    /// The write was acknowledged.
    case stored
    /// What a read found: the number that was stored with the key.
    case value(Int)
    case miss
    /// The server answered something else.
    case refused(String)
    /// The server ended the connection or did not let it come about. Whether a write was done is not known.
    case reset
    /// There was no answer in time, and the connection was given up.
    case timedOut
  }

  /// A request, with monotonic nanoseconds of its begin and its end.
  struct Record {
    let number: Int
    let began: UInt64
    let ended: UInt64
    let outcome: Outcome
  }

  private let network: VirtualNetwork
  private let host: String
  private let address: String
  private let port: UInt16
  private let patience: UInt64
  private var descriptor: Int32 = -1

  /// - Parameter milliseconds: So long a connection or an answer is waited for.
  init(
    in network: VirtualNetwork, on host: String = "client",
    to address: String = VirtualNetwork.floatingAddress,
    port: UInt16 = 11211, milliseconds: UInt64 = 1000
  ) {
    self.network = network
    self.host = host
    self.address = address
    self.port = port
    patience = milliseconds * 1_000_000
  }

  deinit { disconnect() }

  /// Stores a number under the key `k` and that number.
  func set(_ number: Int) -> Outcome {
    let text = "\(number)"
    let answer = ask("set k\(number) 0 0 \(text.utf8.count)\r\n\(text)\r\n") { $0.hasSuffix("\r\n") }
    guard case .refused("STORED") = answer else { return answer }
    return .stored
  }

  /// Reads what was stored under the key of a number.
  func get(_ number: Int) -> Outcome {
    let answer = ask("get k\(number)\r\n") {
      $0.hasSuffix("END\r\n") || ($0.hasSuffix("\r\n") && !$0.hasPrefix("VALUE"))
    }
    guard case .refused(let text) = answer else { return answer }
    if text == "END" { return .miss }
    let lines = text.split(separator: "\r\n")
    guard lines.count == 3, lines[2] == "END", let value = Int(lines[1]) else { return answer }
    return .value(value)
  }

  /// Sets the numbers from `first` on, one after the other, until the time (monotonic nanoseconds) has come.
  func setUntil(_ deadline: UInt64, from first: Int = 0) -> [Record] {
    var records: [Record] = []
    var number = first
    while hearth_monotonic_ns() < deadline {
      let began = hearth_monotonic_ns()
      let outcome = set(number)
      records.append(Record(number: number, began: began, ended: hearth_monotonic_ns(), outcome: outcome))
      number += 1
      // A refused connection is answered in microseconds.
      if outcome != .stored { usleep(1000) }
    }
    return records
  }

  /// The connection was ended by the server. Does not wait.
  var isReset: Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT))
    return count == 0 || (count < 0 && hearth_errno() != EAGAIN)
  }

  func disconnect() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  // ---- the connection ----

  /// The answer without its last line end, as `refused`, or what went wrong.
  private func ask(_ request: String, until isWhole: (String) -> Bool) -> Outcome {
    let deadline = hearth_monotonic_ns() + patience
    if descriptor < 0, let trouble = connect(deadline) { return trouble }
    let bytes = Array(request.utf8)
    guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      return giveUp(.reset)
    }
    var answer = ""
    var chunk = [UInt8](repeating: 0, count: 4096)
    while !isWhole(answer) {
      guard wait(Int16(POLLIN), deadline) else { return giveUp(.timedOut) }
      let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
      if count <= 0 { return giveUp(.reset) }
      answer += String(decoding: chunk[..<count], as: UTF8.self)
    }
    return .refused(String(answer.dropLast(1)))
  }

  private func giveUp(_ outcome: Outcome) -> Outcome {
    disconnect()
    return outcome
  }

  private func wait(_ events: Int16, _ deadline: UInt64) -> Bool {
    let now = hearth_monotonic_ns()
    if now >= deadline { return false }
    var entry = pollfd(fd: descriptor, events: events, revents: 0)
    return poll(&entry, 1, Int32((deadline - now) / 1_000_000) + 1) > 0
  }

  /// Nil when it is connected.
  private func connect(_ deadline: UInt64) -> Outcome? {
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = port.bigEndian
    inet_pton(AF_INET, address, &target.sin_addr)
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    guard let fd = try? network.inside(host, { socket(AF_INET, kind, 0) }), fd >= 0 else { return .reset }
    descriptor = fd
    var on: Int32 = 1
    setsockopt(fd, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
    let code = withUnsafePointer(to: &target) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        hearth_connect(fd, $0, UInt32(MemoryLayout<sockaddr_in>.size))
      }
    }
    if code == 0 { return nil }
    guard hearth_errno() == EINPROGRESS else { return giveUp(.reset) }
    guard wait(Int16(POLLOUT), deadline) else { return giveUp(.timedOut) }
    var failure: Int32 = 0
    var size = socklen_t(4)
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size)
    return failure == 0 ? nil : giveUp(.reset)
  }
}
