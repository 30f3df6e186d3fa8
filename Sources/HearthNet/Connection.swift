import CHearth
import CLibevent
import Glibc

/// One stream connection. It belongs to one loop for life and is touched by that loop's thread only. It owns its
/// descriptor, event, saved input and unsent output; `Connection.close` is the one way it ends. Lives behind a
/// pointer, with the session of the layer above directly behind it in the same allocation.
public struct Connection: ~Copyable {
  /// First, so that the connection's address is the event's.
  var event: event
  /// The socket.
  public let descriptor: Int32
  /// What the listener was tagged with.
  public let tag: Int32
  /// Serial number of the connection within its loop, for people.
  public let number: UInt64
  /// The loop it belongs to.
  public let loop: UnsafeMutablePointer<EventLoop>
  /// Input that could not be used yet; nil when there is none, so that an idle connection holds no buffer.
  var saved: UnsafeMutableRawPointer?
  var savedCount = 0
  @usableFromInline var output = OutputQueue()
  /// Neighbours in the loop's list.
  public internal(set) var next: UnsafeMutablePointer<Connection>?
  var previous: UnsafeMutablePointer<Connection>?
  /// Second (of the loop's clock) of the last byte read or written.
  public internal(set) var lastActivity: UInt32
  /// The event waits for room to write instead of input.
  var isWriting = false
  /// Not read from until the buffer budget has room again.
  var isPaused = false
  /// Waits for something in the layer above, see `park`.
  public internal(set) var isParked = false
  /// Replies are still to come from elsewhere: the end of its input is not its end.
  public internal(set) var awaitsReplies = false
  /// It is read from while its output waits, too: two sides that each wait for the other to read would wait for ever.
  public var readsWhileWriting = false
  /// The peer sends nothing more.
  public internal(set) var inputHasEnded = false
  /// The peer's system has said that the connection has ended: it was closed there, or reset.
  public internal(set) var wasEndedByPeer = false
  /// Saved input can be executed without anything more being received.
  public var hasMoreInput = false
  /// In the queue of the loop's turns.
  var waitsForTurn = false
  var nextWaiting: UnsafeMutablePointer<Connection>?
  /// The last round the connection had a place in.
  var round: UInt64 = 0
  /// Most bytes received at once, at most `EventLoop.longestReceive`.
  public var receiveLimit = EventLoop.receiveLimit
  /// The layer above receives by itself (a large value): the loop only tells when there is something.
  public var receivesDirectly = false
  /// The layer above wants to go on producing output when the queue is empty.
  public var hasMoreOutput = false
  /// Close as soon as the queue is empty.
  public var closesWhenDrained = false
  /// The layer above bounds how long it may be silent: no idle time-out.
  public internal(set) var mayBeSilent = false
  /// The peer connected to the floating address.
  var isFloating = false
  /// To be closed at the end of the round.
  public internal(set) var isDoomed = false

  /// Bytes between the start of a connection and its session.
  @inlinable static var sessionOffset: Int { (MemoryLayout<Connection>.stride + 15) & ~15 }

  /// The memory of the session above, `EventLoop.sessionBytes` long.
  @inlinable @inline(__always)
  public static func session(_ c: UnsafeMutablePointer<Connection>) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(c) + sessionOffset
  }

  /// Unsent output waits for the socket: parse nothing more until it is gone.
  @inlinable @inline(__always)
  public var isBlocked: Bool { !output.isEmpty }

  /// Bytes of memory held in buffers.
  public var heldBytes: Int { savedCount + output.ownedBytes }

  static func eventPointer(_ c: UnsafeMutablePointer<Connection>) -> UnsafeMutablePointer<event> {
    UnsafeMutableRawPointer(c).assumingMemoryBound(to: CLibevent.event.self)
  }

  /// Takes over a descriptor. Nil: it is closed.
  @discardableResult
  static func open(
    _ descriptor: Int32, tag: Int32, _ loop: UnsafeMutablePointer<EventLoop>
  ) -> UnsafeMutablePointer<Connection>? {
    guard let raw = malloc(sessionOffset + loop.pointee.sessionBytes) else {
      SystemCalls.closeDescriptor(descriptor)
      loop.pointee.counts.connectionClosed()
      return nil
    }
    let c = raw.bindMemory(to: Connection.self, capacity: 1)
    loop.pointee.serial += 1
    c.initialize(
      to: Connection(
        event: CLibevent.event(), descriptor: descriptor, tag: tag, number: loop.pointee.serial, loop: loop,
        lastActivity: loop.pointee.seconds))
    loop.pointee.link(c)
    loop.pointee.handlers.opened(loop.pointee.handlers.context, UnsafeMutableRawPointer(c))
    arm(c, Int32(EV_READ))
    if c.pointee.isDoomed {
      close(c)
      return nil
    }
    return c
  }

  private static func arm(_ c: UnsafeMutablePointer<Connection>, _ what: Int32) {
    let e = eventPointer(c)
    event_assign(
      e, c.pointee.loop.pointee.base, c.pointee.descriptor, Int16(what | Int32(EV_PERSIST)),
      connectionIsReady, c)
    event_add(e, nil)
  }

  /// Switches between waiting for input and waiting for room to write.
  static func wait(_ c: UnsafeMutablePointer<Connection>, forWriting: Bool) {
    if c.pointee.isWriting == forWriting { return }
    c.pointee.isWriting = forWriting
    rearm(c, Int32(forWriting ? EV_WRITE | (c.pointee.readsWhileWriting ? EV_READ : 0) : EV_READ))
  }

  /// Waits for something else from now on.
  static func rearm(_ c: UnsafeMutablePointer<Connection>, _ what: Int32) {
    if !c.pointee.isPaused { event_del(eventPointer(c)) }
    c.pointee.isPaused = false
    arm(c, what)
  }

  static func pause(_ c: UnsafeMutablePointer<Connection>) {
    c.pointee.isPaused = true
    event_del(eventPointer(c))
  }

  static func resume(_ c: UnsafeMutablePointer<Connection>) {
    c.pointee.isPaused = false
    event_add(eventPointer(c), nil)
  }

  /// Ends the connection and frees everything it owns. Not while it is pending in a round: see `doom`.
  static func close(_ c: UnsafeMutablePointer<Connection>) {
    let loop = c.pointee.loop
    loop.pointee.handlers.closing(loop.pointee.handlers.context, UnsafeMutableRawPointer(c))
    if !c.pointee.isPaused { event_del(eventPointer(c)) }
    loop.pointee.removeTurn(c)
    SystemCalls.closeDescriptor(c.pointee.descriptor)
    c.pointee.output.removeAll(loop.pointee.budget)
    dropSaved(c)
    loop.pointee.unlink(c)
    loop.pointee.counts.connectionClosed()
    c.deinitialize(count: 1)
    free(c)
  }

  /// Exempts the connection from the idle time-out, or ends that; then its time begins anew.
  public static func setMayBeSilent(_ c: UnsafeMutablePointer<Connection>, _ value: Bool) {
    if c.pointee.mayBeSilent && !value { c.pointee.lastActivity = c.pointee.loop.pointee.seconds }
    c.pointee.mayBeSilent = value
  }

  /// Marks the connection to be closed when the round ends, or at once by the handler that is told of its opening.
  /// Unsent output is lost.
  public static func doom(_ c: UnsafeMutablePointer<Connection>) { c.pointee.isDoomed = true }

  /// Closes after everything written so far was sent.
  public static func closeWhenDrained(_ c: UnsafeMutablePointer<Connection>) {
    if c.pointee.output.isEmpty { c.pointee.isDoomed = true } else { c.pointee.closesWhenDrained = true }
  }
}
