import Glibc

/// Addresses of sockets as `stats conns` shows them: `tcp:127.0.0.1:11211`, `tcp6:[::1]:11211`, `unix:/path`.
/// Written digit by digit: the resolver's functions cost ten times the system call.
enum SocketAddressText {
  /// The descriptor is a socket that waits for connections.
  static func isListening(_ descriptor: Int32) -> Bool {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &length) == 0 && value != 0
  }

  /// Writes at most 120 bytes: the socket's own address or its peer's. False, with nothing written, when it has none.
  static func write(_ descriptor: Int32, peer: Bool, _ r: inout ReplyCursor) -> Bool {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutableBytes(of: &storage) { raw in
      guard let start = raw.baseAddress else { return false }
      let p = start.assumingMemoryBound(to: sockaddr.self)
      let code = peer ? getpeername(descriptor, p, &length) : getsockname(descriptor, p, &length)
      if code != 0 { return false }
      // The port stands at offset 2, an IPv4 address at 4, an IPv6 address at 8, a path at 2.
      let port = UInt16(bigEndian: raw.load(fromByteOffset: 2, as: UInt16.self))
      switch Int32(p.pointee.sa_family) {
      case AF_INET:
        r.text("tcp")
        for i in 4..<8 {
          r.byte(i == 4 ? UInt8(ascii: ":") : UInt8(ascii: "."))
          r.number(UInt64(raw[i]))
        }
        r.text(":")
        r.number(UInt64(port))
      case AF_INET6:
        r.text("tcp6:[")
        let text = r.p.assumingMemoryBound(to: CChar.self)
        if inet_ntop(AF_INET6, start + 8, text, socklen_t(INET6_ADDRSTRLEN)) != nil { r.p += strlen(text) }
        r.text("]:")
        r.number(UInt64(port))
      case AF_UNIX:
        r.text("unix:")
        let path = UnsafeRawBufferPointer(rebasing: raw[2..<max(2, min(raw.count, Int(length)))])
        r.bytes(UnsafeRawBufferPointer(rebasing: path[..<(path.firstIndex(of: 0) ?? path.count)]))
      default: r.text("unknown")
      }
      return true
    }
  }
}
