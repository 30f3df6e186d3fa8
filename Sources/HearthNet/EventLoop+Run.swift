import CHearth
import CLibevent
import Glibc

/// Kinds of messages that HearthNet itself understands.
enum NetMessage {
  static let adopt = 1
  static let stop = 2
  static let adoptFloating = 3
  static let closeFloating = 4
}

extension EventLoop {
  /// First message kind of the layer above.
  public static let firstOwnMessage = 16
  /// How long unsent output may keep a stopping loop.
  static let drainTime: UInt64 = 1_000_000_000

  /// Runs the loop on a thread of its own until it is told to stop.
  public static func start(_ loop: UnsafeMutablePointer<EventLoop>) throws(NetError) -> pthread_t {
    let mail = event_new(
      loop.pointee.base, loop.pointee.mailbox.descriptor, Int16(EV_READ | EV_PERSIST), mailHasCome, loop)
    let tick = event_new(loop.pointee.base, -1, Int16(EV_PERSIST), tickHasCome, loop)
    var interval = timeval(tv_sec: 0, tv_usec: 100_000)
    loop.pointee.alarmEvent = event_new(loop.pointee.base, -1, 0, alarmHasCome, loop)
    guard let mail, let tick, loop.pointee.alarmEvent != nil, event_add(mail, nil) == 0,
      event_add(tick, &interval) == 0
    else {
      throw NetError("libevent: cannot add events")
    }
    loop.pointee.mailEvent = mail
    loop.pointee.tickEvent = tick
    return try DaemonThread.start(loopThread, loop)
  }

  /// Hands an accepted descriptor to the loop. Any thread. Every tag arrives as it is, negative ones too. `isFloating`: the
  /// peer connected to the floating address, and is served as long as that is.
  public func adopt(_ descriptor: Int32, tag: Int32, isFloating: Bool = false) {
    counts.connectionOpened()
    mailbox.post(
      Message(
        kind: isFloating ? NetMessage.adoptFloating : NetMessage.adopt, number: Int(descriptor),
        pointer: UnsafeMutableRawPointer(bitPattern: Int(tag) + 1)))
  }

  /// Resets all connections to the floating address. Any thread.
  public func closeFloating() { mailbox.post(Message(kind: NetMessage.closeFloating)) }

  /// Asks the loop to finish what it has read, send what is queued (bounded in time) and end. Any thread.
  public func stop() { mailbox.post(Message(kind: NetMessage.stop)) }

  /// Calls the handler `alarm` once, so many milliseconds from now; takes the place of an alarm set before. The loop goes by a coarse
  /// clock: it may be some milliseconds late. The loop's thread only.
  public func setAlarm(afterMilliseconds delay: UInt64) {
    guard let alarmEvent else { return }
    let delay = min(delay, 86_400_000)
    var interval = timeval(tv_sec: Int(delay / 1000), tv_usec: Int(delay % 1000) * 1000)
    event_add(alarmEvent, &interval)
  }

  /// Calls the handler `fineAlarm` once, so many microseconds from now (0 is taken for 1); takes the place of one set before. The
  /// loop's thread only. Without a descriptor for it nothing happens.
  public static func setFineAlarm(_ loop: UnsafeMutablePointer<EventLoop>, afterMicroseconds delay: UInt64) {
    if loop.pointee.fineTimer < 0 {
      let descriptor = hearth_timer_descriptor()
      if descriptor < 0 { return }
      guard
        let made = event_new(
          loop.pointee.base, descriptor, Int16(EV_READ | EV_PERSIST), fineAlarmHasCome, loop),
        event_add(made, nil) == 0
      else {
        close(descriptor)
        return
      }
      loop.pointee.fineTimer = descriptor
    }
    _ = hearth_timer_set(loop.pointee.fineTimer, max(min(delay, 1_000_000), 1) * 1000)
  }

  /// It has been told to end.
  public var isEnding: Bool { isStopping }

  static func run(_ loop: UnsafeMutablePointer<EventLoop>) {
    while !loop.pointee.isStopping { turn(loop) }
    let deadline = hearth_monotonic_ns() + drainTime
    loop.pointee.isDraining = true
    closeAllDrained(loop)
    while loop.pointee.first != nil, hearth_monotonic_ns() < deadline { turn(loop) }
    while let c = loop.pointee.first { Connection.close(c) }
  }

  @inline(__always)
  private static func turn(_ loop: UnsafeMutablePointer<EventLoop>) {
    var flags = Int32(EVLOOP_ONCE)
    if loop.pointee.firstWaiting != nil {
      serveTurns(loop)
      flags |= Int32(EVLOOP_NONBLOCK)
    }
    event_base_loop(loop.pointee.base, flags)
    if loop.pointee.pendingCount != 0 || loop.pointee.readyDatagrams != nil {
      loop.pointee.handlers.round(loop.pointee.handlers.context)
      loop.pointee.endRound()
    }
  }

  private static func closeAllDrained(_ loop: UnsafeMutablePointer<EventLoop>) {
    var next = loop.pointee.first
    while let c = next {
      next = c.pointee.next
      c.pointee.hasMoreOutput = false
      // What was received is executed when the output before it is gone, and then the connection ends.
      if !c.pointee.isBlocked && !c.pointee.hasMoreInput { Connection.close(c) }
    }
  }
}

func loopThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  let loop = argument.unsafelyUnwrapped.assumingMemoryBound(to: EventLoop.self)
  DaemonThread.name("worker \(loop.pointee.index)")
  EventLoop.run(loop)
  return nil
}

func mailHasCome(_ descriptor: Int32, _ what: Int16, _ argument: UnsafeMutableRawPointer?) {
  let loop = argument.unsafelyUnwrapped.assumingMemoryBound(to: EventLoop.self)
  loop.pointee.mailbox.acknowledge()
  // What is posted meanwhile, by the handlers themselves too, waits until the round that is being collected is over.
  var left = loop.pointee.mailbox.count
  while left > 0, let message = loop.pointee.mailbox.take() {
    left -= 1
    switch message.kind {
    case NetMessage.adopt, NetMessage.adoptFloating:
      let tag = Int32(truncatingIfNeeded: Int(bitPattern: message.pointer) - 1)
      let c = Connection.open(Int32(truncatingIfNeeded: message.number), tag: tag, loop)
      if let c, message.kind == NetMessage.adoptFloating { Connection.markFloating(c) }
    case NetMessage.closeFloating: EventLoop.closeFloating(loop)
    case NetMessage.stop: loop.pointee.isStopping = true
    default:
      let handlers = loop.pointee.handlers
      handlers.message(handlers.context, message.kind, message.number, message.pointer)
    }
  }
}

func tickHasCome(_ descriptor: Int32, _ what: Int16, _ argument: UnsafeMutableRawPointer?) {
  let loop = argument.unsafelyUnwrapped.assumingMemoryBound(to: EventLoop.self)
  loop.pointee.seconds = UInt32(truncatingIfNeeded: hearth_coarse_ns() / 1_000_000_000)
  EventLoop.sweep(loop)
  loop.pointee.handlers.tick(loop.pointee.handlers.context)
}

func alarmHasCome(_ descriptor: Int32, _ what: Int16, _ argument: UnsafeMutableRawPointer?) {
  let loop = argument.unsafelyUnwrapped.assumingMemoryBound(to: EventLoop.self)
  loop.pointee.handlers.alarm(loop.pointee.handlers.context)
}

func fineAlarmHasCome(_ descriptor: Int32, _ what: Int16, _ argument: UnsafeMutableRawPointer?) {
  let loop = argument.unsafelyUnwrapped.assumingMemoryBound(to: EventLoop.self)
  var count: UInt64 = 0
  if read(descriptor, &count, 8) == 8 { loop.pointee.handlers.fineAlarm(loop.pointee.handlers.context) }
}
