import CHearth
import Glibc
import HearthRig

/// Where a socket connects to or is bound.
struct SocketAddress {
  private var storage = sockaddr_storage()
  private var length: UInt32 = 0
  private let description: String

  /// - Parameter host: A numeric address, IPv4 or IPv6.
  init(host: String, port: UInt16) throws {
    description = "\(host) port \(port)"
    var v4 = sockaddr_in()
    var v6 = sockaddr_in6()
    if inet_pton(AF_INET, host, &v4.sin_addr) == 1 {
      v4.sin_family = sa_family_t(AF_INET)
      v4.sin_port = port.bigEndian
      memcpy(&storage, &v4, MemoryLayout<sockaddr_in>.size)
      length = UInt32(MemoryLayout<sockaddr_in>.size)
    } else if inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 {
      v6.sin6_family = sa_family_t(AF_INET6)
      v6.sin6_port = port.bigEndian
      memcpy(&storage, &v6, MemoryLayout<sockaddr_in6>.size)
      length = UInt32(MemoryLayout<sockaddr_in6>.size)
    } else {
      throw TestFailure("\(host) is not an address")
    }
  }

  init(path: String) throws {
    description = path
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw TestFailure("\(path) is too long for a socket")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    memcpy(&storage, &address, MemoryLayout<sockaddr_un>.size)
    length = UInt32(MemoryLayout<sockaddr_un>.size)
  }

  private func withAddress(_ body: (UnsafePointer<sockaddr>) -> Int32) -> Int32 {
    withUnsafePointer(to: storage) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) } }
  }

  /// A new connected socket, not inherited by the processes that other tests start.
  func connect(_ type: Int32) throws -> Int32 {
    try open(type, "connect to") { descriptor in withAddress { hearth_connect(descriptor, $0, length) } }
  }

  func bind(_ type: Int32) throws -> Int32 {
    try open(type, "bind to") { descriptor in withAddress { hearth_bind(descriptor, $0, length) } }
  }

  private func open(_ type: Int32, _ what: String, _ body: (Int32) -> Int32) throws -> Int32 {
    let descriptor = socket(Int32(storage.ss_family), type | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else {
      throw TestFailure("no socket: \(String(cString: strerror(hearth_errno())))")
    }
    guard body(descriptor) == 0 else {
      let reason = String(cString: strerror(hearth_errno()))
      close(descriptor)
      throw TestFailure("cannot \(what) \(description): \(reason)")
    }
    return descriptor
  }

  /// A TCP port on 127.0.0.1 that nobody listens on at this moment.
  static func freePort() throws -> UInt16 {
    try FreePort.next()
  }
}
