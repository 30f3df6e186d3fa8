import CHearth
import Glibc

/// A blocking connection to the admin interface. Closed when it goes away.
struct Socket: ~Copyable {
  private let descriptor: Int32
  private let address: AdminAddress

  /// Seconds without progress until hearthd counts as unreachable.
  private static let patience = 60

  deinit { close(descriptor) }

  init(connectedTo address: AdminAddress) throws(Failure) {
    self.address = address
    switch address {
    case .tcp(let host, let port): descriptor = try Self.open(host, port, address)
    case .unix(let path): descriptor = try Self.open(path, address)
    }
    var time = timeval(tv_sec: Self.patience, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  private static func open(_ host: String, _ port: UInt16, _ address: AdminAddress) throws(Failure) -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &list)
    if status != 0 { throw unreachable(address, String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(list) }
    var code = ECONNREFUSED
    var next = list
    while let entry = next {
      let fd = socket(entry.pointee.ai_family, hints.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
      if fd >= 0 {
        if hearth_connect(fd, entry.pointee.ai_addr, entry.pointee.ai_addrlen) == 0 { return fd }
        code = hearth_errno()
        close(fd)
      }
      next = entry.pointee.ai_next
    }
    throw unreachable(address, code)
  }

  private static func open(_ path: String, _ address: AdminAddress) throws(Failure) -> Int32 {
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: name.sun_path)
    guard path.utf8.count < room else {
      throw .usage("--address: a unix socket's path has at most \(room - 1) bytes")
    }
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
    let fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if fd < 0 { throw unreachable(address, hearth_errno()) }
    let status = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        hearth_connect(fd, $0, UInt32(MemoryLayout<sockaddr_un>.size))
      }
    }
    if status != 0 {
      let code = hearth_errno()
      close(fd)
      throw unreachable(address, code)
    }
    return fd
  }

  func send(_ bytes: [UInt8]) throws(Failure) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
      } else if hearth_errno() != EINTR {
        // A server that refuses before it has read all of it has said why.
        return
      }
    }
  }

  /// What has come, at least a byte; empty at the end of the connection.
  func receive() throws(Failure) -> [UInt8] {
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count >= 0 { return Array(chunk[..<count]) }
      let code = hearth_errno()
      if code == EINTR { continue }
      if code == EAGAIN { throw Self.unreachable(address, "no answer for \(Self.patience) seconds") }
      throw Self.unreachable(address, code)
    }
  }

  private static func unreachable(_ address: AdminAddress, _ code: Int32) -> Failure {
    let remedy =
      code == EACCES ? "run hearthctl as the user who may open it" : nil
    return unreachable(address, String(cString: strerror(code)), remedy)
  }

  private static func unreachable(_ address: AdminAddress, _ reason: String, _ remedy: String? = nil)
    -> Failure
  {
    .unreachable(
      "cannot reach hearthd at \(Format.printable(address.description)): \(reason); "
        + (remedy
          ?? "start hearthd with --admin \(Format.printable(address.description)), or say where it is with --address")
    )
  }
}
