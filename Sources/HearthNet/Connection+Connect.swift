import CHearth
import CLibevent
import Glibc

/// Connections that this side opens.
extension Connection {
  /// Begins to connect. What is sent before it stands waits; when it cannot be made the connection closes as any other does. Nil: the
  /// system refused a socket. The loop's thread only.
  public static func connect(
    _ address: SocketAddress, tag: Int32, _ loop: UnsafeMutablePointer<EventLoop>
  ) -> UnsafeMutablePointer<Connection>? {
    let fd = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
    if fd < 0 { return nil }
    SystemCalls.makeNonBlocking(fd)
    SystemCalls.setOption(fd, Int32(IPPROTO_TCP), TCP_NODELAY)
    let code = address.withPointer { Glibc.connect(fd, $0, address.length) }
    if code != 0, hearth_errno() != EINPROGRESS {
      SystemCalls.closeDescriptor(fd)
      return nil
    }
    loop.pointee.counts.connectionOpened()
    return open(fd, tag: tag, loop)
  }

  /// The other side is near and takes what it gets: the kernel should not spread it over time, as the congestion control of a machine
  /// that serves the internet may do (BBR), at the cost of a timer and a small packet each time.
  public static func avoidPacing(_ c: UnsafeMutablePointer<Connection>) {
    SystemCalls.setOption(c.pointee.descriptor, Int32(IPPROTO_TCP), TCP_CONGESTION, "cubic")
  }
}
