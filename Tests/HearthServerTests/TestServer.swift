import CHearth
import Glibc
import HearthConfig

@testable import HearthServer

/// A server without a listener, and with one worker if nothing else is asked for: clients come over socket pairs. Its
/// clock can be moved.
final class TestServer {
  let server: Server

  init(_ change: (inout Configuration) -> Void = { _ in }) throws {
    var configuration = Configuration()
    configuration.listeners = []
    configuration.threads = 1
    change(&configuration)
    server = try Server(configuration)
    try server.startWorkers()
  }

  deinit { server.finish() }

  /// A new client, as if it had come through a listener with this tag.
  func client(tag: Int32 = 0, worker: Int = 0, isFloating: Bool = false) -> TestClient {
    var pair: [Int32] = [0, 0]
    // Not inherited by the processes that other tests start: they would keep a closed connection open.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    precondition(socketpair(AF_UNIX, kind, 0, &pair) == 0)
    _ = fcntl(pair[1], F_SETFL, fcntl(pair[1], F_GETFL, 0) | O_NONBLOCK)
    server.state.pointee.workers[worker].pointee.loop.pointee.adopt(
      pair[1], tag: tag, isFloating: isFloating)
    return TestClient(pair[0], self)
  }

  /// Moves the daemon's clock.
  func advance(seconds: UInt64) {
    let old = server.state.pointee.clock
    server.state.pointee.clock = Clock(
      wall: old.wallStart + seconds * 1_000_000_000, monotonic: old.monotonicStart)
  }
}

/// The other end of a connection, blocking, with a time-out so that a missing reply fails instead of hanging.
final class TestClient {
  let descriptor: Int32
  /// A client keeps its server alive.
  private let server: TestServer

  init(_ descriptor: Int32, _ server: TestServer) {
    self.descriptor = descriptor
    self.server = server
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    var done = 0
    while done < bytes.count {
      let n = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + done, bytes.count - done, 0x4000)
      }
      if n <= 0 { return }
      done += n
    }
  }

  /// Exactly so many bytes, fewer when the server closes or nothing comes.
  func receive(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let n = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress! + done, count - done, 0) }
      if n <= 0 { break }
      done += n
    }
    return Array(bytes[..<done])
  }

  /// The replies to some requests: a no-op behind them marks the end. CR LF is shown as `|`.
  func ask(_ requests: String) -> String {
    send(requests.replacing("|", with: "\r\n") + "mn\r\n")
    var text = ""
    while !text.hasSuffix("MN\r\n") {
      let byte = receive(1)
      if byte.isEmpty { return text + "<closed>" }
      text.unicodeScalars.append(UnicodeScalar(byte[0]))
    }
    return String(text.unicodeScalars.dropLast(4)).replacing("\r\n", with: "|")
  }

  /// Nothing comes for so many milliseconds, and the connection stays open.
  func isSilent(for milliseconds: Int32 = 50) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, milliseconds) == 0
  }

  /// The server closes the connection, within ten seconds and without another byte.
  var isClosed: Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, 0)
    // A time-out is EAGAIN; a server that closes with bytes unread resets the connection.
    return count == 0 || (count < 0 && hearth_errno() == ECONNRESET)
  }
}
