import CHearth
import CLibevent
import Glibc

/// A listening socket, bound and ready. Closing it removes the path of a unix socket.
public struct Listener: ~Copyable {
  /// The socket.
  public let descriptor: Int32
  /// Given to every connection that comes through it.
  public let tag: Int32
  /// Path of a unix socket.
  public let path: String?
  /// Where it listens.
  public let address: SocketAddress

  deinit {
    SystemCalls.closeDescriptor(descriptor)
    if let path { _ = unlink(path) }
  }

  private init(descriptor: Int32, tag: Int32, path: String?, address: SocketAddress) {
    self.descriptor = descriptor
    self.tag = tag
    self.path = path
    self.address = SocketAddress.of(descriptor, peer: false) ?? address
  }

  /// Listens on every address that `host` stands for; `body` takes the listeners over one by one. When one of
  /// several addresses of a name cannot be bound the others serve; when none can, it throws. The machine need not have
  /// the address `floating`.
  public static func tcp(
    _ host: String, port: UInt16, tag: Int32, backlog: Int, reusePort: Bool, floating: FloatingAddress? = nil,
    _ body: (consuming Listener) -> Void
  ) throws(NetError) {
    var firstError: NetError?
    var port = port
    var bound = 0
    for var address in try SocketAddress.resolve(host, port, datagram: false) {
      // With port 0 all addresses of a name share the port that the first one got.
      address.port = port
      do throws(NetError) {
        let fd = try bindSocket(
          address, SOCK_STREAM, "\(host.isEmpty ? "*" : host):\(port)", reusePort: reusePort,
          floating: floating)
        if Glibc.listen(fd, Int32(backlog)) != 0 {
          let code = hearth_errno()
          SystemCalls.closeDescriptor(fd)
          throw NetError("cannot listen on \(host):\(port): \(SystemCalls.describe(code))")
        }
        let listener = Listener(descriptor: fd, tag: tag, path: nil, address: address)
        port = listener.address.port
        bound += 1
        body(listener)
      } catch {
        if firstError == nil { firstError = error }
      }
    }
    if bound == 0, let firstError { throw firstError }
  }

  /// A socket of the given type, bound.
  static func bindSocket(
    _ address: SocketAddress, _ type: __socket_type, _ name: String, reusePort: Bool,
    floating: FloatingAddress? = nil
  ) throws(NetError) -> Int32 {
    let kind = Int32(type.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let fd = socket(address.family, kind, 0)
    if fd < 0 {
      throw NetError("cannot create a socket for \(name): \(SystemCalls.describe(hearth_errno()))")
    }
    if type == SOCK_STREAM {
      SystemCalls.setOption(fd, SOL_SOCKET, SO_REUSEADDR)
      SystemCalls.setOption(fd, SOL_SOCKET, SO_KEEPALIVE)
      SystemCalls.setOption(fd, Int32(IPPROTO_TCP), TCP_NODELAY)
    }
    if reusePort { SystemCalls.setOption(fd, SOL_SOCKET, SO_REUSEPORT) }
    if address.family == AF_INET6 { SystemCalls.setOption(fd, Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
    if let floating, address.hasSameHost(as: floating.address) {
      let isIPv6 = address.family == AF_INET6
      SystemCalls.setOption(
        fd, Int32(isIPv6 ? IPPROTO_IPV6 : IPPROTO_IP), isIPv6 ? IPV6_FREEBIND : IP_FREEBIND)
    }
    let code = address.withPointer { hearth_bind(fd, $0, address.length) }
    if code != 0 {
      let reason = hearth_errno()
      SystemCalls.closeDescriptor(fd)
      let remedy =
        reason == EADDRINUSE
        ? "; another process listens there: stop it or choose another port"
        : reason == EACCES ? "; choose a port above 1023 or start as root" : ""
      throw NetError("cannot listen on \(name): \(SystemCalls.describe(reason))\(remedy)")
    }
    return fd
  }

  /// Listens on a unix socket. A path left behind by a dead process is removed; anything else that is there is
  /// an error.
  public static func unix(_ path: String, mode: UInt32, tag: Int32, backlog: Int) throws(NetError) -> Listener
  {
    var address = SocketAddress()
    var un = sockaddr_un()
    un.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: un.sun_path)
    if path.utf8.count >= capacity {
      throw NetError("cannot listen on \(path): a unix socket path has at most \(capacity - 1) bytes")
    }
    withUnsafeMutableBytes(of: &un.sun_path) { $0.copyBytes(from: path.utf8) }
    memcpy(&address.storage, &un, MemoryLayout<sockaddr_un>.size)
    address.length = socklen_t(MemoryLayout<sockaddr_un>.size)
    try removeStale(path, address)
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let fd = socket(AF_UNIX, kind, 0)
    if fd < 0 { throw NetError("cannot create a unix socket: \(SystemCalls.describe(hearth_errno()))") }
    let before = umask(mode_t(~mode & 0o777))
    let bound = address.withPointer { hearth_bind(fd, $0, address.length) }
    let code = hearth_errno()
    _ = umask(before)
    if bound != 0 || Glibc.listen(fd, Int32(backlog)) != 0 {
      SystemCalls.closeDescriptor(fd)
      throw NetError("cannot listen on \(path): \(SystemCalls.describe(bound != 0 ? code : hearth_errno()))")
    }
    return Listener(descriptor: fd, tag: tag, path: path, address: address)
  }

  private static func removeStale(_ path: String, _ address: SocketAddress) throws(NetError) {
    var info = stat()
    if lstat(path, &info) != 0 { return }
    if info.st_mode & S_IFMT != S_IFSOCK {
      throw NetError(
        "cannot listen on \(path): it exists and is not a socket; remove it or choose another path")
    }
    let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if probe < 0 { return }
    defer { SystemCalls.closeDescriptor(probe) }
    if address.withPointer({ hearth_connect(probe, $0, address.length) }) == 0 {
      throw NetError(
        "cannot listen on \(path): another process answers there; stop it or choose another path")
    }
    _ = unlink(path)
  }
}
