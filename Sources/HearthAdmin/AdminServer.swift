import Glibc
import HearthNet

/// The admin interface: HTTP and JSON for operators and `hearthctl`, on loopback or a unix socket, on a thread of its
/// own. Made, started and stopped by the main thread.
public final class AdminServer {
  private let router: AdminRouter
  private let limits: AdminLimits
  /// Nil once the interface is closed.
  private var socket: AdminSocket?
  private var loop: AdminLoop?
  private var thread: pthread_t?

  /// An interface on a bound socket; nothing is answered before `start`.
  public convenience init(_ socket: consuming AdminSocket, target: any AdminTarget) {
    self.init(socket, target: target, limits: AdminLimits())
  }

  init(_ socket: consuming AdminSocket, target: any AdminTarget, limits: AdminLimits) {
    router = AdminRouter(target: target, isPrivate: socket.isPrivate)
    self.limits = limits
    self.socket = consume socket
  }

  deinit { stop() }

  /// Starts the thread. SIGPIPE must be ignored by then, and the process must not fork afterwards.
  public func start() throws(AdminError) {
    guard socket != nil, thread == nil else { return }
    let loop = try AdminLoop(socket!, router, limits)
    do throws(NetError) {
      thread = try DaemonThread.start(adminThread, Unmanaged.passUnretained(loop).toOpaque())
    } catch {
      throw AdminError(error)
    }
    self.loop = loop
  }

  /// Ends the thread after the request that it is answering, closes all connections and the socket, and removes a
  /// unix socket's path. Does no harm when the interface was never started, or is closed.
  public func stop() {
    if let thread {
      loop?.stop()
      pthread_join(thread, nil)
    }
    thread = nil
    loop = nil
    socket = nil
  }

  /// The TCP ports and whether they are IPv6 ones; none for a unix socket, or once it is closed.
  public var ports: [(port: UInt16, isIPv6: Bool)] { socket?.ports ?? [] }
}

private func adminThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let context { Unmanaged<AdminLoop>.fromOpaque(context).takeUnretainedValue().run() }
  return nil
}
