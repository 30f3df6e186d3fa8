import CHearth
import CLibevent
import Glibc

/// A loop for slow things on a thread of their own: other threads wake it, it wakes itself at a time, and whatever else lives on
/// an `event_base` can be put on its own. Lives as long as the process.
public final class ControlLoop: @unchecked Sendable {
  /// For what belongs to the thread.
  public let base: OpaquePointer
  private let descriptor: Int32
  private var wakeEvent: UnsafeMutablePointer<event>?
  private var timerEvent: UnsafeMutablePointer<event>?
  /// Called after each wake-up and when the timer's time has come. Set before `run`.
  public var turn: () -> Void = {}

  /// A loop; `run` drives it.
  public init() throws(NetError) {
    guard let base = event_base_new() else { throw NetError("libevent: cannot create a loop") }
    self.base = base
    descriptor = gnuEventDescriptor(0, O_NONBLOCK | O_CLOEXEC)
    if descriptor < 0 { throw NetError("eventfd: \(SystemCalls.describe(hearth_errno()))") }
    let context = Unmanaged.passUnretained(self).toOpaque()
    wakeEvent = event_new(base, descriptor, Int16(EV_READ | EV_PERSIST), controlWoken, context)
    timerEvent = event_new(base, -1, 0, controlTimed, context)
    event_add(wakeEvent, nil)
  }

  /// Makes the loop take a turn. Any thread.
  public func wake() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
  }

  /// Takes a turn after so many milliseconds, instead of what was asked for before. The loop's thread.
  public func setTimer(afterMilliseconds delay: UInt64) {
    let delay = min(delay, 60_000)
    var interval = timeval(tv_sec: Int(delay / 1000), tv_usec: Int(delay % 1000) * 1000)
    event_add(timerEvent, &interval)
  }

  /// Runs until `end`. On a thread of its own.
  public func run() { event_base_loop(base, Int32(EVLOOP_NO_EXIT_ON_EMPTY)) }

  /// Ends `run`. The loop's thread.
  public func end() { event_base_loopbreak(base) }

  fileprivate func acknowledge() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
  }
}

func controlWoken(_ descriptor: Int32, _ what: Int16, _ argument: UnsafeMutableRawPointer?) {
  guard let argument else { return }
  let loop = Unmanaged<ControlLoop>.fromOpaque(argument).takeUnretainedValue()
  loop.acknowledge()
  loop.turn()
}

func controlTimed(_ descriptor: Int32, _ what: Int16, _ argument: UnsafeMutableRawPointer?) {
  guard let argument else { return }
  Unmanaged<ControlLoop>.fromOpaque(argument).takeUnretainedValue().turn()
}
