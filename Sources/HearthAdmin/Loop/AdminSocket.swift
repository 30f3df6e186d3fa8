import HearthNet

/// The interface's listening sockets, bound but not yet served: two where `localhost` has two addresses. Made by the
/// main thread while it still has its privileges.
public struct AdminSocket: ~Copyable {
  private(set) var listeners: [UnsafeMutablePointer<Listener>] = []
  /// Nobody but who may open the path can connect.
  let isPrivate: Bool

  /// Connections that the kernel holds before they are accepted.
  private static let backlog = 64

  deinit {
    for listener in listeners {
      listener.deinitialize(count: 1)
      listener.deallocate()
    }
  }

  /// Listens on a TCP address, which must turn out to be loopback; port 0 is any free port.
  public init(tcp address: String, port: UInt16) throws(AdminError) {
    isPrivate = false
    var bound: [UnsafeMutablePointer<Listener>] = []
    do throws(NetError) {
      try Listener.tcp(address, port: port, tag: 0, backlog: Self.backlog, reusePort: false) {
        let kept = UnsafeMutablePointer<Listener>.allocate(capacity: 1)
        kept.initialize(to: $0)
        bound.append(kept)
      }
    } catch {
      throw AdminError(error)
    }
    listeners = bound
    if listeners.contains(where: { !$0.pointee.address.isLoopback }) {
      throw AdminError("\(address) is not loopback on this machine; give 127.0.0.1 or [::1]")
    }
  }

  /// Listens on a unix socket with the permission bits of `mode`; a path that a dead process left is replaced.
  public init(unix path: String, mode: UInt32) throws(AdminError) {
    isPrivate = true
    do throws(NetError) {
      let listener = try Listener.unix(path, mode: mode, tag: 0, backlog: Self.backlog)
      let kept = UnsafeMutablePointer<Listener>.allocate(capacity: 1)
      kept.initialize(to: listener)
      listeners = [kept]
    } catch {
      throw AdminError(error)
    }
  }

  /// The TCP ports and whether they are IPv6 ones; none for a unix socket.
  public var ports: [(port: UInt16, isIPv6: Bool)] {
    listeners.filter { $0.pointee.path == nil }.map { ($0.pointee.address.port, $0.pointee.address.isIPv6) }
  }
}
