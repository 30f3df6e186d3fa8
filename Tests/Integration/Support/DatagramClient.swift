import CHearth
import Glibc

/// A UDP socket that frames requests and collects replies as memcached's protocol does: request id, sequence, number
/// of datagrams, zero, 16 bits each.
final class DatagramClient {
  struct Datagram {
    let id: UInt16
    let sequence: UInt16
    let total: UInt16
    let reserved: UInt16
    let payload: [UInt8]
  }

  private let descriptor: Int32
  private let owner: Daemon

  init(_ daemon: Daemon, host: String = "127.0.0.1") throws {
    owner = daemon
    descriptor = try SocketAddress(host: host, port: daemon.udpPort).connect(Int32(SOCK_DGRAM.rawValue))
    var room: Int32 = 8 << 20
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, 4)
  }

  deinit { close(descriptor) }

  func send(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  func send(id: UInt16, sequence: UInt16 = 0, total: UInt16 = 1, reserved: UInt16 = 0, _ text: String) {
    var bytes: [UInt8] = []
    for field in [id, sequence, total, reserved] { bytes += [UInt8(field >> 8), UInt8(field & 0xff)] }
    send(bytes + Array(text.utf8))
  }

  /// The next datagram; nil when none comes within the time.
  func receive(milliseconds: Int32 = 30_000) throws -> Datagram? {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&entry, 1, milliseconds) > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    guard count >= 8 else { throw TestFailure("a datagram of \(count) bytes") }
    func field(_ i: Int) -> UInt16 { UInt16(bytes[i]) << 8 | UInt16(bytes[i + 1]) }
    return Datagram(
      id: field(0), sequence: field(2), total: field(4), reserved: field(6), payload: Array(bytes[8..<count]))
  }

  /// The whole reply to a request, its datagrams put in order, and how many they were.
  func ask(id: UInt16, _ text: String) throws -> (reply: [UInt8], datagrams: [Datagram]) {
    send(id: id, text)
    var parts: [Datagram] = []
    while parts.isEmpty || parts.count < Int(parts[0].total) {
      guard let part = try receive() else {
        throw TestFailure("\(parts.count) of \(parts.first?.total ?? 1) datagrams came")
      }
      guard part.id == id else { throw TestFailure("a reply to \(part.id), not \(id)") }
      parts.append(part)
    }
    parts.sort { $0.sequence < $1.sequence }
    return (parts.flatMap(\.payload), parts)
  }
}
