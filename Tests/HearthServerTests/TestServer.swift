import Glibc
import HearthConfig

@testable import HearthServer

/// A server with one worker and no listener: clients come over socket pairs. Its clock can be moved.
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
  func client(tag: Int32 = 0) -> TestClient {
    var pair: [Int32] = [0, 0]
    precondition(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
    _ = fcntl(pair[1], F_SETFL, fcntl(pair[1], F_GETFL, 0) | O_NONBLOCK)
    server.state.pointee.workers[0].pointee.loop.pointee.adopt(pair[1], tag: tag)
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

  /// The server has closed the connection.
  var isClosed: Bool { receive(1).isEmpty }
}
