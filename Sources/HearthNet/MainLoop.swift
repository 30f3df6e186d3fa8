import CHearth
import CLibevent
import Glibc

/// The main thread's loop: signals and the acceptor's listeners.
public struct MainLoop {
  /// For `Acceptor.make`.
  public let base: OpaquePointer

  /// A loop for the main thread.
  public init() throws(NetError) {
    guard let base = event_base_new() else { throw NetError("libevent: cannot create a loop") }
    self.base = base
  }

  /// Calls a free function for every arrival of a signal, on this loop.
  public func onSignal(
    _ signal: Int32, _ context: UnsafeMutableRawPointer,
    _ handler:
      @escaping @convention(c) (_ signal: Int32, _ what: Int16, _ context: UnsafeMutableRawPointer?) -> Void
  ) {
    guard let event = event_new(base, signal, Int16(EV_SIGNAL | EV_PERSIST), handler, context) else { return }
    event_add(event, nil)
    MainLoop.mask(SIG_UNBLOCK, signal)
  }

  /// Keeps a signal waiting until `onSignal` has a handler for it: its default would end a process that is starting.
  public static func hold(_ signal: Int32) { mask(SIG_BLOCK, signal) }

  private static func mask(_ how: Int32, _ signal: Int32) {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, signal)
    pthread_sigmask(how, &set, nil)
  }

  /// Runs until `stop`.
  public func run() { event_base_loop(base, Int32(EVLOOP_NO_EXIT_ON_EMPTY)) }

  /// Ends `run`, from one of its callbacks.
  public func stop() { event_base_loopbreak(base) }

  /// Ignores SIGPIPE and blocks nothing: to be called before any socket is written.
  public static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }
}

extension MainLoop {
  /// The event library's version.
  public static var libraryVersion: String { String(cString: event_get_version()) }
}
