import Glibc
import HearthNet

typealias SlotPointer = UnsafeMutablePointer<ReplySlot>
typealias OrderPointer = UnsafeMutablePointer<ReplyOrder>

/// The replies of a connection from the first one on that another node has to give, in the order of the requests. There only
/// while something is awaited. The worker's own.
struct ReplyOrder {
  /// More slots or bytes than this hold the connection's further requests back; half of it lets them go on.
  static let slotLimit = 512
  static let byteLimit = 1 << 20
  /// So many bytes of an awaited reply are sent before the rest is there.
  static let streamedBytes = 64 << 10

  let connection: ConnectionPointer
  private var head: SlotPointer?
  private var tail: SlotPointer?
  private(set) var slots = 0
  private(set) var bytes = 0
  /// Values that were asked for and are not on their way to the client yet, and how many there may be.
  private(set) var values = 0
  private(set) var window: ForwardWindow
  private(set) var hasLearnt = false
  /// So many values it may ask for without having shown how large they are.
  private var unproven = 0
  /// Number of the line whose keys are being asked for; 0: none is open.
  var openLine: UInt32 = 0
  private var lines: UInt32 = 0
  /// The line that an error has ended.
  private var failedLine: UInt32 = 0
  /// Its further requests wait for replies.
  var isHolding = false
  /// Until nothing is awaited any more.
  var holdsToTheEnd = false
  /// How many of its requests wait for their keys.
  var waitingSlots = 0
  /// They wait for this link to have room.
  var awaitedLink: LinkPointer?
  /// The connection ends when everything is told.
  var closesAtEnd = false
  /// It is in the worker's list of those with something to send.
  var isListed = false

  /// - Parameter unproven: Values that its window allows although nobody knows their size.
  init(_ connection: ConnectionPointer, _ window: ForwardWindow = ForwardWindow(), unproven: Int = 0) {
    self.connection = connection
    self.window = window
    self.unproven = unproven
  }

  var isEmpty: Bool { head == nil }
  /// The last part that stands in line.
  @inline(__always)
  var last: SlotPointer? { tail }
  var isFull: Bool { slots >= Self.slotLimit || bytes >= Self.byteLimit || !mayAsk }
  /// One more value may be asked for.
  @inline(__always)
  var mayAsk: Bool { values < window.values }
  /// Further requests need not be held back any more.
  var mayGoOn: Bool {
    awaitedLink == nil && !holdsToTheEnd && waitingSlots == 0 && slots <= Self.slotLimit / 2
      && bytes <= Self.byteLimit / 2 && values <= window.values / 2
  }

  /// One more value is asked for, whose place is that slot.
  @inline(__always)
  mutating func ask(_ slot: SlotPointer) {
    slot.pointee.values &+= 1
    values &+= 1
  }

  /// Its values' size is known, or it ends: what `init` was given counts no more.
  mutating func takeUnproven() -> Int {
    defer { unproven = 0 }
    return unproven
  }

  /// All that was asked for with that slot has come.
  mutating func learn(from slot: SlotPointer) {
    if slot.pointee.values == 0 { return }
    window.learn(slot.pointee.received / Int(slot.pointee.values))
    hasLearnt = true
  }

  /// It holds more than its share of what all together have too much of, because its client does not read.
  var isHoarding: Bool {
    values > 2 && connection.pointee.isBlocked
      && (bytes >= Self.byteLimit || connection.pointee.heldBytes >= 64 * Self.byteLimit)
  }

  /// Begins a line of a get, unless one is open.
  mutating func openLineIfNone() {
    if openLine != 0 { return }
    lines &+= 1
    if lines == 0 { lines = 1 }
    openLine = lines
  }

  private mutating func link(_ slot: SlotPointer) {
    if let tail { tail.pointee.next = slot } else { head = slot }
    tail = slot
    slots += 1
  }

  /// A place for an answer.
  mutating func await(_ order: OrderPointer) -> SlotPointer {
    let slot = SlotPointer.allocate(capacity: 1)
    slot.initialize(to: ReplySlot(line: openLine, .awaited))
    slot.pointee.order = order
    link(slot)
    return slot
  }

  /// A place for bytes that must not be sent yet.
  mutating func hold(_ order: OrderPointer) -> SlotPointer {
    let slot = SlotPointer.allocate(capacity: 1)
    slot.initialize(to: ReplySlot(line: openLine, .held))
    slot.pointee.order = order
    link(slot)
    return slot
  }

  /// A place for an answer right behind another one's, in the same line.
  mutating func await(_ order: OrderPointer, behind other: SlotPointer) -> SlotPointer {
    let slot = SlotPointer.allocate(capacity: 1)
    slot.initialize(to: ReplySlot(line: other.pointee.line, .awaited))
    slot.pointee.order = order
    slot.pointee.next = other.pointee.next
    other.pointee.next = slot
    if tail == other { tail = slot }
    slots += 1
    return slot
  }

  /// Appends bytes of this node. False: there is no memory.
  mutating func append(_ source: UnsafeRawPointer, _ count: Int, _ budget: BufferBudget) -> Bool {
    if let tail, tail.pointee.state == .complete, tail.pointee.line == openLine, tail.pointee.foreign == nil {
      bytes += count
      return tail.pointee.append(source, count, budget)
    }
    let slot = SlotPointer.allocate(capacity: 1)
    slot.initialize(to: ReplySlot(line: openLine, .complete))
    link(slot)
    bytes += count
    return slot.pointee.append(source, count, budget)
  }

  /// Appends bytes that stay where they are.
  mutating func append(_ foreign: ForeignBytes) {
    let slot = SlotPointer.allocate(capacity: 1)
    slot.initialize(to: ReplySlot(line: openLine, .complete))
    slot.pointee.foreign = foreign
    link(slot)
  }

  /// The answer to this slot is the next that the client gets, and all that it gets: it can be sent from where it is.
  @inline(__always)
  func awaitsOnly(_ slot: SlotPointer) -> Bool {
    slots == 1 && head == slot && slot.pointee.count == 0
      && (slot.pointee.line == 0 || slot.pointee.line != failedLine)
  }

  /// So many bytes have come into one of its slots.
  mutating func note(received count: Int) { bytes += count }

  /// What can be sent next; nil: the first reply is awaited.
  enum Piece {
    case bytes(UnsafeRawPointer, Int)
    case foreign(ForeignBytes)
    /// An error in the midst of what was sent already: nothing can follow it.
    case broken
  }

  /// Sends what is there, in order, by `emit`; what it has sent is forgotten.
  mutating func drain(_ budget: BufferBudget, _ emit: (Piece) -> Void) {
    while let slot = head {
      let isDropped = slot.pointee.line != 0 && slot.pointee.line == failedLine
      if slot.pointee.state == .held { return }
      if slot.pointee.state == .awaited {
        if isDropped {
          bytes -= slot.pointee.count
          slot.pointee.removeBytes(budget)
          return
        }
        if slot.pointee.count >= Self.streamedBytes { send(slot, budget, emit) }
        return
      }
      if slot.pointee.state == .failed, slot.pointee.isBegun { emit(.broken) }
      if !isDropped { send(slot, budget, emit) }
      if slot.pointee.state == .failed, slot.pointee.line != 0 { failedLine = slot.pointee.line }
      remove(slot, budget)
    }
  }

  private mutating func send(_ slot: SlotPointer, _ budget: BufferBudget, _ emit: (Piece) -> Void) {
    if let foreign = slot.pointee.foreign {
      slot.pointee.foreign = nil
      emit(.foreign(foreign))
    } else if let start = slot.pointee.bytes, slot.pointee.count > 0 {
      emit(.bytes(start, slot.pointee.count))
      bytes -= slot.pointee.count
      slot.pointee.removeBytes(budget)
      slot.pointee.isBegun = true
    }
  }

  private mutating func remove(_ slot: SlotPointer, _ budget: BufferBudget) {
    head = slot.pointee.next
    if head == nil { tail = nil }
    slots -= 1
    bytes -= slot.pointee.count
    values -= Int(slot.pointee.values)
    ReplySlot.free(slot, budget)
  }

  /// The places whose requests wait for their keys.
  var waiting: [SlotPointer] {
    var found: [SlotPointer] = []
    var next = head
    while let slot = next {
      if slot.pointee.wait != nil { found.append(slot) }
      next = slot.pointee.next
    }
    return found
  }

  /// The client is gone: what is awaited still is dropped when it comes.
  mutating func abandon(_ budget: BufferBudget) {
    while let slot = head {
      if slot.pointee.state == .awaited || slot.pointee.state == .held {
        head = slot.pointee.next
        slot.pointee.order = nil
        slot.pointee.removeBytes(budget)
      } else {
        remove(slot, budget)
      }
    }
    tail = nil
  }
}
