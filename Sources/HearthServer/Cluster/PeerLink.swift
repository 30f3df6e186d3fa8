import CHearth
import Glibc
import HearthCluster
import HearthNet

typealias LinkPointer = UnsafeMutablePointer<PeerLink>

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
  /// Bytes of a fragment, after which another begins.
  static let fragmentLimit = 32 << 10
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
  /// Whose keys it holds, where it is a fragment.
  private(set) var fragmentOrder: OrderPointer?
  private(set) var fragmentLine: UInt32 = 0
  /// Where it is kept, too.
  private(set) var fragmentRequest: UnsafeMutablePointer<SlotRequest>?

  /// By number modulo the limit.
  private let slots: UnsafeMutablePointer<SlotPointer?>
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
    _ slot: SlotPointer, pool: Int, flags: UInt8 = 0, now: UInt64, timeout: UInt64
  ) {
    end()
    let id = next
    next &+= 1
    slots[Int(id & UInt64(Self.requestLimit - 1))] = slot
    slot.pointee.asked = now
    slot.pointee.deadline = now + timeout
    forwarded &+= 1
    open = used
    reserve(PeerFrame.headerSize)
    PeerFrame(.request, id: id, pool: UInt16(truncatingIfNeeded: pool), flags: flags).write(to: frames + used)
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

  /// The frame that is open holds keys of this line, and has room for more.
  func hasFragment(_ order: OrderPointer, line: UInt32) -> Bool {
    open >= 0 && fragmentOrder == order && fragmentLine == line && used - open < Self.fragmentLimit
  }

  /// The frame that was begun holds keys of this line.
  mutating func noteFragment(_ order: OrderPointer, line: UInt32) {
    fragmentOrder = order
    fragmentLine = line
    fragmentRequest = nil
  }

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
    guard id >= first, id < next else { return nil }
    return slots[Int(id & UInt64(Self.requestLimit - 1))]
  }

  /// The request has its answer.
  mutating func forget(_ id: UInt64) {
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
    forgetFrames()
    reader = ReplyReader()
  }
}
