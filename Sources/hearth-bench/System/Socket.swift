import CHearth
import Glibc
import HearthRig

/// A connected socket. Closed when it goes away.
struct Socket: ~Copyable {
  let descriptor: Int32

  deinit { close(descriptor) }

  /// Gives the descriptor to the caller, who closes it.
  consuming func release() -> Int32 {
    let descriptor = self.descriptor
    discard self
    return descriptor
  }

  init(connectedTo endpoint: Endpoint) throws(SystemError) {
    switch endpoint {
    case .tcp(let host, let port):
      descriptor = try Self.open(host, port, SystemCalls.streamSocket, endpoint)
      var on: Int32 = 1
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
    case .udp(let host, let port):
      descriptor = try Self.open(host, port, SystemCalls.datagramSocket, endpoint)
      var size: Int32 = 1 << 20
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4)
      setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, 4)
    case .unix(let path): descriptor = try Self.openUnix(path)
    }
  }

  private static func open(
    _ host: String, _ port: UInt16, _ type: Int32, _ endpoint: Endpoint
  ) throws(SystemError) -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = type
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, String(port), &hints, &list)
    if status != 0 { throw SystemError("\(host): \(String(cString: gai_strerror(status)))") }
    defer { freeaddrinfo(list) }
    var failure: Int32 = 0
    var next = list
    while let address = next {
      let fd = socket(address.pointee.ai_family, type | SystemCalls.closeOnExec, 0)
      if fd >= 0 {
        if hearth_connect(fd, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 { return fd }
        failure = hearth_errno()
        close(fd)
      }
      next = address.pointee.ai_next
    }
    throw SystemError(call: "connect to \(endpoint)", errno: failure)
  }

  private static func openUnix(_ path: String) throws(SystemError) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < room else { throw SystemError("\(path): longer than \(room - 1) bytes") }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let fd = socket(AF_UNIX, SystemCalls.streamSocket | SystemCalls.closeOnExec, 0)
    if fd < 0 { throw SystemError(call: "socket") }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        hearth_connect(fd, $0, UInt32(MemoryLayout<sockaddr_un>.size))
      }
    }
    if status != 0 {
      let failure = SystemError(call: "connect to \(path)")
      close(fd)
      throw failure
    }
    return fd
  }

  // ---- blocking transfers ----

  func sendAll(_ bytes: UnsafePointer<UInt8>, _ count: Int) throws(SystemError) {
    var sent = 0
    while sent < count {
      let n = send(descriptor, bytes + sent, count - sent, SystemCalls.noSignal)
      if n > 0 {
        sent += n
      } else if hearth_errno() != EINTR {
        throw SystemError(call: "send")
      }
    }
  }

  /// At least one byte, at most `count`.
  func receive(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) throws(SystemError) -> Int {
    while true {
      let n = recv(descriptor, bytes, count, 0)
      if n > 0 { return n }
      if n == 0 { throw SystemError("the server closed the connection") }
      if hearth_errno() != EINTR { throw SystemError(call: "recv") }
    }
  }

  /// Makes blocking transfers fail after this many seconds.
  func setTimeout(seconds: Int) {
    var time = timeval(tv_sec: seconds, tv_usec: 0)
    let size = UInt32(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
  }

  /// A loopback port that is free for TCP and UDP at this moment.
  static func freePort() throws(SystemError) -> UInt16 {
    do throws(RigError) { return try FreePort.next() } catch { throw SystemError(error.description) }
  }
}
