import CHearth
import CLibevent
import Glibc

/// One thread's loop over its connections. Callbacks only receive; when libevent returns, everything that came in
/// is handed to the layer above at once (`LoopHandlers.round`), which is what makes batching across connections
/// possible. Touched by its own thread only, but for the mailbox and the counters.
public struct EventLoop: ~Copyable {
  /// Size of the staging area.
  static let stagingSize = 1 << 20
  /// A round takes no more connections once it has so many bytes: some hundred requests are enough to batch, and more
  /// would keep the others waiting.
  static let roundLimit = 96 << 10
  /// Most bytes received at once from a connection, so that one that pipelines without end leaves room for others.
  public static let receiveLimit = 16 << 10
  /// The same of those that carry the requests of many.
  public static let longestReceive = 256 << 10
  /// Most connections in one round.
  static let pendingLimit = 1024

  let base: OpaquePointer
  /// Number of the loop, from 0.
  public let index: Int
  /// Where other threads leave messages.
  public let mailbox: Mailbox
  var handlers: LoopHandlers
  let sessionBytes: Int
  /// Buffer memory shared with the other loops.
  public let budget: BufferBudget
  /// Connection counts shared with the other loops and the acceptor.
  public let counts: ConnectionCounts

  let staging: UnsafeMutableRawPointer
  var stagingUsed = 0
  /// The connections of the round.
  public let pending: UnsafeMutablePointer<PendingInput>
  /// How many there are.
  public private(set) var pendingCount = 0
  /// The datagram sockets with something received.
  public internal(set) var readyDatagrams: UnsafeMutablePointer<DatagramSocket>?
  /// Number of the round that is being collected; a connection has one place in each.
  var roundNumber: UInt64 = 1
  /// Connections that found no room in the last round, or have input left to execute: they come first in the next.
  var firstWaiting: UnsafeMutablePointer<Connection>?
  var lastWaiting: UnsafeMutablePointer<Connection>?
  /// Monotonic nanoseconds when the first input of the round was received.
  public private(set) var roundStart: UInt64 = 0

  /// First of the loop's connections; follow `next`. Other threads hold `listLock` while they walk.
  public private(set) var first: UnsafeMutablePointer<Connection>?
  /// Guards the list against readers in other threads.
  public var listLock: UInt32 = 0
  /// Number of connections.
  public private(set) var connectionCount = 0
  var serial: UInt64 = 0
  var sweepCursor: UnsafeMutablePointer<Connection>?
  /// How many paused connections may read in spite of the budget, so that somebody always gets on.
  var grace = 0
  /// Coarse monotonic clock in seconds, good for time-outs.
  public internal(set) var seconds: UInt32
  /// Seconds without traffic after which a connection is closed; 0 never.
  public var idleTimeout: UInt32 = 0
  /// The address that moves between machines; set before the loop is started.
  public var floating: FloatingAddress?
  /// What was moved.
  public var counters = NetCounters()
  var isStopping = false
  /// Stopping, and only what was received before is executed still.
  var isDraining = false
  var mailEvent: UnsafeMutablePointer<event>?
  var tickEvent: UnsafeMutablePointer<event>?
  var alarmEvent: UnsafeMutablePointer<event>?
  /// A timer as exact as the kernel's, made when it is needed first; -1: it was not.
  var fineTimer: Int32 = -1

  /// A loop with its memory; `start` runs it.
  public init(
    index: Int, sessionBytes: Int, handlers: LoopHandlers, budget: BufferBudget, counts: ConnectionCounts
  ) throws(NetError) {
    let base = try Self.makeBase()
    let mailbox: Mailbox
    do { mailbox = try Mailbox() } catch {
      event_base_free(base)
      throw error
    }
    self.base = base
    self.mailbox = mailbox
    self.index = index
    self.sessionBytes = sessionBytes
    self.handlers = handlers
    self.budget = budget
    self.counts = counts
    staging = .allocate(byteCount: Self.stagingSize, alignment: 4096)
    pending = .allocate(capacity: Self.pendingLimit)
    seconds = UInt32(truncatingIfNeeded: hearth_coarse_ns() / 1_000_000_000)
  }

  private static func makeBase() throws(NetError) -> OpaquePointer {
    guard let config = event_config_new() else { throw NetError("libevent: out of memory") }
    defer { event_config_free(config) }
    event_config_set_flag(config, Int32(EVENT_BASE_FLAG_NOLOCK.rawValue))
    guard let base = event_base_new_with_config(config) else {
      throw NetError("libevent: cannot create a loop")
    }
    return base
  }

  /// A round can take one more connection with so much saved input.
  @inline(__always)
  func hasRoom(_ saved: Int) -> Bool {
    pendingCount < Self.pendingLimit && stagingUsed < Self.roundLimit
      && stagingUsed &+ saved &+ Self.longestReceive <= Self.stagingSize
  }

  /// Adds the input at the end of the staging area to the round.
  @inline(__always)
  mutating func addPending(_ c: UnsafeMutablePointer<Connection>, count: Int) {
    if pendingCount == 0 { roundStart = hearth_monotonic_ns() }
    (pending + pendingCount).initialize(
      to: PendingInput(connection: c, start: staging + stagingUsed, count: count))
    pendingCount &+= 1
    stagingUsed = (stagingUsed &+ count &+ 63) & ~63
    c.pointee.round = roundNumber
  }

  /// Bytes received in this round, rounded up per connection.
  public var roundBytes: Int { stagingUsed }

  mutating func noteDatagrams(_ socket: UnsafeMutablePointer<DatagramSocket>) {
    if pendingCount == 0 && readyDatagrams == nil { roundStart = hearth_monotonic_ns() }
    socket.pointee.nextReady = readyDatagrams
    readyDatagrams = socket
  }

  mutating func endRound() {
    pendingCount = 0
    stagingUsed = 0
    roundNumber &+= 1
    readyDatagrams = nil
  }

  mutating func link(_ c: UnsafeMutablePointer<Connection>) {
    hearth_lock(&listLock)
    c.pointee.next = first
    first?.pointee.previous = c
    first = c
    connectionCount += 1
    hearth_unlock(&listLock)
  }

  mutating func unlink(_ c: UnsafeMutablePointer<Connection>) {
    hearth_lock(&listLock)
    if sweepCursor == c { sweepCursor = c.pointee.next }
    if let p = c.pointee.previous { p.pointee.next = c.pointee.next } else { first = c.pointee.next }
    c.pointee.next?.pointee.previous = c.pointee.previous
    connectionCount -= 1
    hearth_unlock(&listLock)
  }
}
