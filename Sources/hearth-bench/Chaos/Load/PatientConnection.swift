import CHearth
import Glibc

/// A connection with a bound on every wait, as clients of a cache that may vanish have it. It connects when it is used and
/// anew after an error. Owned by one thread.
final class PatientConnection {
  /// Why there is no answer. Whether a write that was sent has been done is not known.
  enum Trouble: Error {
    /// The server ended the connection, or did not let it come about.
    case reset
    /// There was no answer in time, and the connection was given up.
    case timedOut
  }

  private let address: String
  private let port: UInt16
  private let patience: UInt64
  private var descriptor: Int32 = -1
  private var received: [UInt8] = []
  private var taken = 0
  private var chunk = [UInt8](repeating: 0, count: 65_536)

  /// - Parameter patience: Milliseconds that a connection or an answer is waited for.
  init(address: String, port: UInt16 = 11211, patience: UInt64) {
    self.address = address
    self.port = port
    self.patience = patience * 1_000_000
  }

  deinit { disconnect() }

  /// Sends a request and reads its answer with `lines`, all within the patience.
  func ask<R>(_ request: [UInt8], _ lines: (inout Answer) throws(Trouble) -> R) throws(Trouble) -> R {
    let deadline = hearth_monotonic_ns() + patience
    do throws(Trouble) {
      if descriptor < 0 { try connect(deadline) }
      try send(request, deadline)
      var answer = Answer(connection: self, deadline: deadline)
      return try lines(&answer)
    } catch {
      disconnect()
      throw error
    }
  }

  func disconnect() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    received.removeAll(keepingCapacity: true)
    taken = 0
  }

  /// The lines that answer a request.
  struct Answer {
    fileprivate let connection: PatientConnection
    fileprivate let deadline: UInt64

    /// The next line, without its end.
    mutating func line() throws(Trouble) -> String { try connection.line(deadline) }
  }

  private func line(_ deadline: UInt64) throws(Trouble) -> String {
    while true {
      if let end = received[taken...].firstIndex(of: 0x0A) {
        let text = String(decoding: received[taken..<max(end - 1, taken)], as: UTF8.self)
        taken = end + 1
        if taken == received.count {
          received.removeAll(keepingCapacity: true)
          taken = 0
        }
        return text
      }
      try wait(Int16(POLLIN), deadline)
      let count = recv(descriptor, &chunk, chunk.count, SystemCalls.dontWait)
      if count < 0, hearth_errno() == EAGAIN { continue }
      if count <= 0 { throw .reset }
      received += chunk[..<count]
    }
  }

  private func send(_ request: [UInt8], _ deadline: UInt64) throws(Trouble) {
    var sent = 0
    while sent < request.count {
      let count = request.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + sent, request.count - sent, SystemCalls.noSignal)
      }
      if count > 0 {
        sent += count
      } else if hearth_errno() == EAGAIN {
        try wait(Int16(POLLOUT), deadline)
      } else {
        throw .reset
      }
    }
  }

  private func wait(_ events: Int16, _ deadline: UInt64) throws(Trouble) {
    let now = hearth_monotonic_ns()
    guard now < deadline else { throw .timedOut }
    var entry = pollfd(fd: descriptor, events: events, revents: 0)
    if poll(&entry, 1, Int32((deadline - now) / 1_000_000) + 1) <= 0 { throw .timedOut }
  }

  private func connect(_ deadline: UInt64) throws(Trouble) {
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = port.bigEndian
    inet_pton(AF_INET, address, &target.sin_addr)
    let nonBlocking: Int32 = 0o4000
    descriptor = socket(AF_INET, SystemCalls.streamSocket | nonBlocking | SystemCalls.closeOnExec, 0)
    guard descriptor >= 0 else { throw .reset }
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
    let code = withUnsafePointer(to: &target) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        hearth_connect(descriptor, $0, UInt32(MemoryLayout<sockaddr_in>.size))
      }
    }
    if code == 0 { return }
    guard hearth_errno() == EINPROGRESS else { throw .reset }
    try wait(Int16(POLLOUT), deadline)
    var failure: Int32 = 0
    var size = socklen_t(4)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size)
    if failure != 0 { throw .reset }
  }
}
