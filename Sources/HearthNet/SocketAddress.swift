import CLibevent
import Glibc

/// A socket address of any family, with its length.
public struct SocketAddress {
  var storage = sockaddr_storage()
  var length: socklen_t = 0

  init() {}

  /// All addresses that a host name or literal and a port stand for ("" or "*" is every local address).
  public static func resolve(_ host: String, _ port: UInt16, datagram: Bool = false) throws(NetError)
    -> [SocketAddress]
  {
    var hints = addrinfo()
    hints.ai_flags = AI_PASSIVE
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32((datagram ? SOCK_DGRAM : SOCK_STREAM).rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let name = host.isEmpty || host == "*" ? nil : host
    let code = getaddrinfo(name, String(port), &hints, &list)
    if code != 0 {
      throw NetError("cannot listen on \(host): \(String(cString: gai_strerror(code))); give a local address")
    }
    defer { freeaddrinfo(list) }
    var result: [SocketAddress] = []
    var entry = list
    while let e = entry {
      var address = SocketAddress()
      memcpy(&address.storage, e.pointee.ai_addr, Int(e.pointee.ai_addrlen))
      address.length = e.pointee.ai_addrlen
      result.append(address)
      entry = e.pointee.ai_next
    }
    return result
  }

  var family: Int32 { Int32(storage.ss_family) }

  func withPointer<R>(_ body: (UnsafePointer<sockaddr>) -> R) -> R {
    withUnsafeBytes(of: storage) { body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self)) }
  }

  /// The address a socket is bound to, or that of its peer.
  public static func of(_ fd: Int32, peer: Bool) -> SocketAddress? {
    var address = SocketAddress()
    address.length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let code = withUnsafeMutableBytes(of: &address.storage) { raw in
      let p = raw.baseAddress!.assumingMemoryBound(to: sockaddr.self)
      return peer ? getpeername(fd, p, &address.length) : getsockname(fd, p, &address.length)
    }
    return code == 0 ? address : nil
  }

  /// Port of an internet address, else 0.
  public var port: UInt16 {
    get {
      // Port is at offset 2 in sockaddr_in and sockaddr_in6 alike.
      withUnsafeBytes(of: storage) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
    }
    set {
      withUnsafeMutableBytes(of: &storage) {
        $0.storeBytes(of: newValue.bigEndian, toByteOffset: 2, as: UInt16.self)
      }
    }
  }

  /// The address cannot be reached from another machine.
  public var isLoopback: Bool {
    withUnsafeBytes(of: storage) { raw in
      switch family {
      case AF_INET: return raw[4] == 127
      case AF_INET6:
        let mapped = raw[8..<18].allSatisfy { $0 == 0 } && raw[18] == 255 && raw[19] == 255
        return mapped ? raw[20] == 127 : raw[8..<23].allSatisfy { $0 == 0 } && raw[23] == 1
      default: return true
      }
    }
  }

  /// Bytes of an internet address, the highest first; none of a unix socket's.
  public var hostBytes: [UInt8] {
    withUnsafeBytes(of: storage) { raw in
      switch family {
      // The address is at offset 4 in sockaddr_in, at 8 in sockaddr_in6.
      case AF_INET: return Array(raw[4..<8])
      case AF_INET6: return Array(raw[8..<24])
      default: return []
      }
    }
  }

  /// It stands for every address of the machine.
  var isUnspecified: Bool { !hostBytes.isEmpty && hostBytes.allSatisfy { $0 == 0 } }

  /// Both are the same address, whatever their ports.
  func hasSameHost(as other: SocketAddress) -> Bool {
    family == other.family && !hostBytes.isEmpty && hostBytes == other.hostBytes
  }

  /// It is an IPv6 address.
  public var isIPv6: Bool { family == AF_INET6 }

  /// As memcached's `stats conns` prints it: `tcp:127.0.0.1:11211`, `tcp6:[::1]:11211`, `unix:/path`.
  public var description: String {
    switch family {
    case AF_INET: return "tcp:\(hostText):\(port)"
    case AF_INET6: return "tcp6:[\(hostText)]:\(port)"
    case AF_UNIX:
      let path = withUnsafeBytes(of: storage) { raw in
        String(decoding: raw[2..<max(2, Int(length))].prefix { $0 != 0 }, as: UTF8.self)
      }
      return "unix:\(path)"
    default: return "unknown"
    }
  }

  /// The host of an internet address as a literal: `127.0.0.1`, `::1`.
  public var hostText: String {
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    _ = withPointer { getnameinfo($0, length, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
