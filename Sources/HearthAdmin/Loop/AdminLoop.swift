import CLibevent
import Glibc
import HearthNet

/// The event loop of the interface with its HTTP server. Made by the main thread, then the admin thread's alone, but
/// for `stop`.
final class AdminLoop {
  private let router: AdminRouter
  private let base: OpaquePointer
  private let http: OpaquePointer
  private var listeners: [OpaquePointer] = []
  private var connections: AdminConnections
  private var isPaused = false
  /// Sweeps while there are connections.
  private var timer: UnsafeMutablePointer<event>?
  /// The loop ends when the writing end of this pipe is closed.
  private var ending: (read: Int32, write: Int32) = (-1, -1)
  private var endingEvent: UnsafeMutablePointer<event>?

  /// Microseconds between two sweeps.
  private static let sweepInterval = 100_000

  init(_ socket: borrowing AdminSocket, _ router: AdminRouter, _ limits: AdminLimits) throws(AdminError) {
    guard let base = event_base_new(), let http = evhttp_new(base) else {
      throw AdminError("libevent: cannot create a loop")
    }
    self.router = router
    self.base = base
    self.http = http
    connections = AdminConnections(limits)
    let context = Unmanaged.passUnretained(self).toOpaque()
    evhttp_set_timeout(http, limits.silence)
    evhttp_set_max_headers_size(http, AdminLimits.headers)
    evhttp_set_max_body_size(http, AdminLimits.body)
    evhttp_set_allowed_methods(http, Self.methods)
    evhttp_set_gencb(http, requestArrived, context)
    evhttp_set_bevcb(http, connectionOpened, context)
    timer = event_new(base, -1, 0, sweepDue, context)
    for listener in socket.listeners {
      // No backlog: the socket listens already. It stays its owner's to close.
      let flags = UInt32(LEV_OPT_CLOSE_ON_EXEC)
      guard let waiting = evconnlistener_new(base, nil, nil, flags, 0, listener.pointee.descriptor) else {
        throw AdminError("libevent: cannot watch the socket")
      }
      guard evhttp_bind_listener(http, waiting) != nil else {
        evconnlistener_free(waiting)
        throw AdminError("libevent: cannot serve the socket")
      }
      evconnlistener_set_error_cb(waiting, acceptFailed)
      listeners.append(waiting)
    }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw AdminError("cannot make a pipe: \(SystemCalls.describe(errno))") }
    for end in ends { SystemCalls.makeNonBlocking(end) }
    ending = (ends[0], ends[1])
    endingEvent = event_new(base, ends[0], Int16(EV_READ), endRequested, context)
    event_add(endingEvent, nil)
  }

  deinit {
    // The listeners go with the server, and the callbacks of freed connections must not come back here.
    evhttp_free(http)
    connections.releaseAll()
    for event in [timer, endingEvent] where event != nil { event_free(event) }
    event_base_free(base)
    for end in [ending.read, ending.write] where end >= 0 { SystemCalls.closeDescriptor(end) }
  }

  /// Every method that libevent knows: the router says what is wrong with one.
  private static let methods = [
    EVHTTP_REQ_GET, EVHTTP_REQ_POST, EVHTTP_REQ_HEAD, EVHTTP_REQ_PUT, EVHTTP_REQ_DELETE, EVHTTP_REQ_OPTIONS,
    EVHTTP_REQ_TRACE, EVHTTP_REQ_CONNECT, EVHTTP_REQ_PATCH,
  ].reduce(0) { $0 | UInt16($1.rawValue) }

  /// Serves until `stop`.
  func run() {
    DaemonThread.name("admin")
    event_base_loop(base, Int32(EVLOOP_NO_EXIT_ON_EMPTY))
  }

  /// Ends `run`, from any thread, once.
  func stop() {
    SystemCalls.closeDescriptor(ending.write)
    ending.write = -1
  }

  fileprivate func end() { event_base_loopbreak(base) }

  fileprivate func open(_ base: OpaquePointer?) -> OpaquePointer? {
    if connections.isEmpty { sweepLater() }
    let buffer = connections.open(base)
    if connections.isFull { pause() }
    return buffer
  }

  /// New connections wait until the next sweep.
  fileprivate func pause() {
    isPaused = true
    for listener in listeners { evconnlistener_disable(listener) }
    sweepLater()
  }

  fileprivate func sweep() {
    connections.sweep()
    if isPaused, !connections.isFull {
      isPaused = false
      for listener in listeners { evconnlistener_enable(listener) }
    }
    if !connections.isEmpty || isPaused { sweepLater() }
  }

  private func sweepLater() {
    var interval = timeval(tv_sec: 0, tv_usec: Self.sweepInterval)
    event_add(timer, &interval)
  }

  fileprivate func answer(_ request: OpaquePointer) {
    router.answer(AdminRequest(request)).send(to: request)
  }
}

private func loop(_ context: UnsafeMutableRawPointer?) -> AdminLoop {
  Unmanaged<AdminLoop>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
}

func requestArrived(_ request: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
  if let request { loop(context).answer(request) }
}

func connectionOpened(_ base: OpaquePointer?, _ context: UnsafeMutableRawPointer?) -> OpaquePointer? {
  loop(context).open(base)
}

func sweepDue(_ descriptor: Int32, _ what: Int16, _ context: UnsafeMutableRawPointer?) {
  loop(context).sweep()
}

func endRequested(_ descriptor: Int32, _ what: Int16, _ context: UnsafeMutableRawPointer?) {
  loop(context).end()
}

/// Mostly for want of descriptors: trying again at once would keep a core busy. libevent gives its own context here,
/// so the listener looks after itself.
func acceptFailed(_ listener: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
  guard let listener else { return }
  evconnlistener_disable(listener)
  var pause = timeval(tv_sec: 0, tv_usec: 100_000)
  let base = evconnlistener_get_base(listener)
  event_base_once(base, -1, Int16(EV_TIMEOUT), acceptAgain, UnsafeMutableRawPointer(listener), &pause)
}

func acceptAgain(_ descriptor: Int32, _ what: Int16, _ listener: UnsafeMutableRawPointer?) {
  if let listener { evconnlistener_enable(OpaquePointer(listener)) }
}
