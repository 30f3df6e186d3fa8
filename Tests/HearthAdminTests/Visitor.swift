import CHearth
import Glibc

/// A client on a socket of its own, with a time-out so that a missing answer fails instead of hanging.
final class Visitor {
  let descriptor: Int32

  init(port: UInt16) throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    try connect(address)
  }

  init(path: String) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    try connect(address)
  }

  deinit { close(descriptor) }

  struct CannotConnect: Error {}

  private func connect<Address>(_ address: Address) throws {
    let status = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        hearth_connect(descriptor, $0, UInt32(MemoryLayout<Address>.size))
      }
    }
    guard status == 0 else { throw CannotConnect() }
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Sends what the server takes.
  func send(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Everything until the server closes; nil when it does not within the time-out.
  func readToEnd() -> String? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count < 0, hearth_errno() == EAGAIN { return nil }
      if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
  }

  /// Whether something comes, or the server closes, within so long.
  func hears(withinMilliseconds time: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, time) > 0
  }

  /// Sends a request and gives the status and the body of the answer.
  func ask(_ request: String) -> (status: Int, body: String)? {
    send(request)
    guard let text = readToEnd(), let end = text.range(of: "\r\n\r\n"),
      let status = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    return (status, String(text[end.upperBound...]))
  }
}

extension String {
  /// Where a text begins and ends in this one.
  fileprivate func range(of text: String) -> Range<String.Index>? { ranges(of: text).first }
}
