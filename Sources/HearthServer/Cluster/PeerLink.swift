import CHearth
import Glibc
import HearthCluster
import HearthNet

typealias LinkPointer = UnsafeMutablePointer<PeerLink>

/// The client whose request is passed on, where its pool has rules that want to know.
struct LinkClient {
  /// Its name in the lease tables.
  let name: UInt64
  let holdsLease: Bool
}

/// A worker's connection to another node, by which it passes requests on: pipelined, answered in any order. The worker's own.
struct PeerLink: ~Copyable {
  enum State {
    /// There is none; another attempt is made when `retryAt` has come.
    case down
    /// Frames wait until the nodes have made sure of each other.
    case greeting
    case up
  }

  /// Requests that may be under way at once; a power of two.
  static let requestLimit = 4096
  /// Bytes that may wait to be sent.
  static let byteLimit = 8 << 20
  /// Bytes of a frame with several keys or requests, after which another begins.
  static let fragmentLimit = 8 << 10
  /// Bytes that are received at once: it carries the requests of many.
  static let receiveLimit = EventLoop.longestReceive
  /// Milliseconds between attempts to connect.
  static let firstPause: UInt64 = 50
  static let longestPause: UInt64 = 1000
  /// Milliseconds that connecting and greeting may take.
  static let greetingTime: UInt64 = 2000

  /// Number of the node.
  let node: Int
  var state = State.down
  var connection: ConnectionPointer?
  var handshake: PeerHandshake?
  /// Milliseconds of the monotonic clock.
  var retryAt: UInt64 = 0
  var began: UInt64 = 0
  private var pause = firstPause
  /// What is wrong with the connection; empty: nothing is known.
  var trouble = ""

  /// Frames of this round.
  private(set) var frames: UnsafeMutableRawPointer
  private(set) var used = 0
  private var capacity: Int
  /// Where the header of the frame that is being written is; -1: none is.
  private var open = -1
  /// The pool that it says.
  private var openPool = 0
  /// Whose keys it holds, where it is a fragment.
  private(set) var fragmentOrder: OrderPointer?
  private(set) var fragmentLine: UInt32 = 0
  /// Where the answers to what it holds go, where that is requests which each are a line: others of the same connection may follow.
  private var runSlot: SlotPointer?
  /// Where the answer to it goes.
  private(set) var fragmentSlot: SlotPointer?
  /// Where it is kept, too.
  private(set) var fragmentRequest: UnsafeMutablePointer<SlotRequest>?

  /// By number modulo the limit.
  private let slots: UnsafeMutablePointer<SlotPointer?>
  /// Those whose requests wait for their keys, by number: they may take long, and are not to be in the way of the others.
  private(set) var waiting: [UInt64: SlotPointer] = [:]
  private var first: UInt64 = 1
  private var next: UInt64 = 1
  /// When the node answered last, milliseconds.
  var heard: UInt64 = 0

  // What of the input has come.
  var reader = ReplyReader()

  /// Requests passed on, and those that were answered by this node instead, because the other one did not.
  var forwarded: UInt64 = 0
  var failed: UInt64 = 0
  /// Connections that ended, or were not made.
  var losses: UInt64 = 0

  init(node: Int) {
    self.node = node
    capacity = 4096
    frames = .allocate(byteCount: capacity, alignment: 16)
    slots = .allocate(capacity: Self.requestLimit)
    slots.initialize(repeating: nil, count: Self.requestLimit)
  }

  // ---- requests

  /// Why nothing can be passed on now; nil: it can.
  var refusal: StaticString? { state == .down ? "is unreachable" : hasSlot ? nil : "is overloaded" }

  private var hasSlot: Bool { slots[Int(next & UInt64(Self.requestLimit - 1))] == nil }

  /// So much is under way that further requests have to wait, as long as there is a connection to wait for.
  var isFull: Bool {
    if state == .down { return false }
    return !hasSlot || used + (connection?.pointee.heldBytes ?? 0) > Self.byteLimit
  }

  /// Begins a request's frame, whose answer goes to `slot`. There must be no refusal.
  mutating func begin(
    _ slot: SlotPointer, _ kind: PeerFrame.Kind = .request, pool: Int, flags: UInt8 = 0,
    client: LinkClient? = nil, now: UInt64, timeout: UInt64
  ) {
    end()
    let id = next
    next &+= 1
    slots[Int(id & UInt64(Self.requestLimit - 1))] = slot
    slot.pointee.asked = now
    slot.pointee.deadline = now + timeout
    forwarded &+= 1
    open = used
    let named = client.map { PeerFrame.Flag.client | ($0.holdsLease ? PeerFrame.Flag.holder : 0) } ?? 0
    openPool = pool
    reserve(PeerFrame.headerSize)
    PeerFrame(kind, id: id, pool: UInt16(truncatingIfNeeded: pool), flags: flags | named).write(
      to: frames + used)
    used += PeerFrame.headerSize
    if let client { append(word: client.name) }
  }

  private mutating func append(word: UInt64) {
    reserve(PeerFrame.wordSize)
    (frames + used).storeBytes(of: word.littleEndian, as: UInt64.self)
    used += PeerFrame.wordSize
  }

  /// Says of a request that waits at the node that it must not any longer: its client holds a lease, or is gone.
  mutating func release(_ id: UInt64, isGone: Bool) {
    if state != .up { return }
    end()
    reserve(PeerFrame.headerSize)
    PeerFrame(.release, id: id, flags: isGone ? PeerFrame.Flag.gone : 0).write(to: frames + used)
    used += PeerFrame.headerSize
  }

  /// Begins a frame that belongs to the request begun last.
  mutating func continueRequest(flags: UInt8) {
    let id = next &- 1
    end()
    open = used
    reserve(PeerFrame.headerSize)
    PeerFrame(.data, id: id, flags: flags).write(to: frames + used)
    used += PeerFrame.headerSize
  }

  /// The frame that is open holds keys of this line and pool, and has room for more.
  func hasFragment(_ order: OrderPointer, line: UInt32, pool: Int) -> Bool {
    open >= 0 && openPool == pool && fragmentOrder == order && fragmentLine == line
      && used - open < Self.fragmentLimit
  }

  /// The frame that was begun holds keys of this line.
  mutating func noteFragment(_ slot: SlotPointer, _ order: OrderPointer, line: UInt32) {
    fragmentOrder = order
    fragmentLine = line
    fragmentSlot = slot
    fragmentRequest = nil
  }

  /// The frame that is open holds the last keys of the connection's line, and nothing stands behind them.
  @inline(__always)
  func mayEndLine(_ order: OrderPointer) -> Bool {
    fragmentOrder == order && order.pointee.last == fragmentSlot
  }

  /// The line's end is left to the node that has its last keys. Only if it may.
  mutating func endLine() {
    guard fragmentOrder != nil, let slot = fragmentSlot else { return }
    append("\r\n")
    let flags = (frames + open).load(fromByteOffset: PeerFrame.flagsOffset, as: UInt8.self)
    (frames + open).storeBytes(
      of: flags & ~PeerFrame.Flag.fragment, toByteOffset: PeerFrame.flagsOffset, as: UInt8.self)
    fragmentOrder = nil
    if let request = fragmentRequest { request.pointee.endsLine = true } else { runSlot = slot }
    fragmentRequest = nil
  }

  /// The frame that was begun holds a line, and may hold more.
  mutating func noteRun(_ slot: SlotPointer) { runSlot = slot }

  /// Where the answer to a further line of a connection goes, if the frame that is open holds its last ones, and has room.
  @inline(__always)
  func run(_ c: ConnectionPointer, pool: Int) -> SlotPointer? {
    guard let slot = runSlot, let order = slot.pointee.order, order.pointee.connection == c,
      order.pointee.last == slot, openPool == pool, used &- open < Self.fragmentLimit
    else { return nil }
    return slot
  }

  /// A request is passed on in the frame of another one.
  mutating func noteForwarded() { forwarded &+= 1 }

  /// What is appended to the fragment is kept here, too.
  mutating func noteFragment(_ request: UnsafeMutablePointer<SlotRequest>?) { fragmentRequest = request }

  mutating func append(_ bytes: UnsafeRawPointer, _ count: Int) {
    reserve(count)
    memcpy(frames + used, bytes, count)
    used += count
  }

  mutating func append(_ text: StaticString) { append(text.utf8Start, text.utf8CodeUnitCount) }

  /// Completes the frame that is being written, if there is one.
  mutating func end() {
    if open < 0 { return }
    if fragmentOrder != nil {
      append("\r\n")
      fragmentOrder = nil
      fragmentRequest = nil
    }
    runSlot = nil
    let header = frames + open
    header.storeBytes(
      of: UInt32(truncatingIfNeeded: used - open - PeerFrame.headerSize).littleEndian, as: UInt32.self)
    open = -1
  }

  private mutating func reserve(_ count: Int) {
    if used + count <= capacity { return }
    let larger = max(used + count, capacity * 2)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    memcpy(moved, frames, used)
    frames.deallocate()
    frames = moved
    capacity = larger
  }

  /// What was written is sent.
  mutating func forgetFrames() {
    used = 0
    // A burst is not kept for ever.
    if capacity > 1 << 20 {
      frames.deallocate()
      capacity = 4096
      frames = .allocate(byteCount: capacity, alignment: 16)
    }
  }

  // ---- answers

  /// Where the answer to a request goes; nil: nobody waits for it any more.
  func slot(_ id: UInt64) -> SlotPointer? {
    if id >= first, id < next, let slot = slots[Int(id & UInt64(Self.requestLimit - 1))] { return slot }
    return waiting.isEmpty ? nil : waiting[id]
  }

  /// The request waits for its key: it does not count any more among those under way. Nil: nobody waits for its answer.
  mutating func setAside(_ id: UInt64) -> SlotPointer? {
    if let slot = waiting[id] { return slot }
    guard let slot = slot(id) else { return nil }
    forget(id)
    waiting[id] = slot
    return slot
  }

  /// The request has its answer.
  mutating func forget(_ id: UInt64) {
    if !waiting.isEmpty, waiting.removeValue(forKey: id) != nil { return }
    slots[Int(id & UInt64(Self.requestLimit - 1))] = nil
    while first < next, slots[Int(first & UInt64(Self.requestLimit - 1))] == nil { first &+= 1 }
  }

  /// The oldest request under way.
  var oldest: (id: UInt64, slot: SlotPointer)? {
    guard first < next, let slot = slots[Int(first & UInt64(Self.requestLimit - 1))] else { return nil }
    return (first, slot)
  }

  // ---- the connection

  /// It stands.
  mutating func rise() {
    state = .up
    pause = Self.firstPause
    trouble = ""
  }

  /// It has ended, or could not be made; what was written for it is lost.
  mutating func fall(now: UInt64) {
    state = .down
    connection = nil
    handshake = nil
    retryAt = now + pause
    pause = min(pause * 2, Self.longestPause)
    losses &+= 1
    open = -1
    fragmentOrder = nil
    fragmentRequest = nil
    runSlot = nil
    forgetFrames()
    reader = ReplyReader()
  }
}
