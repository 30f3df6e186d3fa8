import Glibc
import HearthNet

/// A part of a connection's replies that stands in line: bytes, or the place for what another node will answer. The worker's own.
struct ReplySlot {
  enum State: UInt8 {
    /// Bytes may come yet.
    case awaited
    /// All are there, but they must not be sent yet.
    case held
    /// All are there.
    case complete
    /// They are the text of an error, which ends its line.
    case failed
  }

  var next: UnsafeMutablePointer<ReplySlot>?
  /// Where it stands; nil: the client is gone, and what comes is dropped.
  var order: UnsafeMutablePointer<ReplyOrder>?
  /// Number of the line of a get that it is a part of; 0: it is a reply of its own.
  let line: UInt32
  var state: State
  /// The client is told nothing of it, whatever comes of it.
  var isSilent = false
  /// A part of it was sent already.
  var isBegun = false
  private(set) var bytes: UnsafeMutableRawPointer?
  private(set) var count = 0
  private var capacity = 0
  /// Bytes that stay where they are, instead.
  var foreign: ForeignBytes?
  /// When it is given up, and when it was asked for, milliseconds of the monotonic clock.
  var deadline: UInt64 = 0
  var asked: UInt64 = 0

  /// The request, where it can be asked again elsewhere.
  var request: UnsafeMutablePointer<SlotRequest>?

  init(line: UInt32, _ state: State) {
    self.line = line
    self.state = state
  }

  /// Appends a copy. False: there is no memory.
  mutating func append(_ source: UnsafeRawPointer, _ length: Int, _ budget: BufferBudget) -> Bool {
    if count + length > capacity {
      let wanted = max(count + length, capacity * 2, 64)
      guard let larger = realloc(bytes, wanted) else { return false }
      budget.charge(wanted - capacity)
      bytes = larger
      capacity = wanted
    }
    memcpy(bytes.unsafelyUnwrapped + count, source, length)
    count += length
    return true
  }

  /// Ends it: what it owns is freed.
  static func free(_ slot: UnsafeMutablePointer<ReplySlot>, _ budget: BufferBudget) {
    slot.pointee.removeBytes(budget)
    if let request = slot.pointee.request { SlotRequest.free(request, budget) }
    slot.deallocate()
  }

  /// Its bytes are sent, or worth nothing.
  mutating func removeBytes(_ budget: BufferBudget) {
    if let foreign { foreign.release(foreign.context) }
    foreign = nil
    budget.refund(capacity)
    Glibc.free(bytes)
    bytes = nil
    count = 0
    capacity = 0
  }
}
