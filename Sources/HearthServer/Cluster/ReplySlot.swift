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
  /// How many requests it is the answer to.
  var requests: UInt32 = 1
  /// How many values it may bring, and how many bytes have come of them.
  var values: UInt32 = 0
  var received = 0
  private var collected = ChargedBytes()
  /// Bytes that stay where they are, instead.
  var foreign: ForeignBytes?
  /// When it is given up, and when it was asked for, milliseconds of the monotonic clock.
  var deadline: UInt64 = 0
  var asked: UInt64 = 0

  /// Number of the round of bumps that it is the answer to, 0: it is a client's.
  var bumpRound: UInt64 = 0

  /// Names the attempt of a feed that it is the answer to, 0: it is a client's.
  var feedAttempt: UInt64 = 0

  /// Where it waits for its key; nil: it does not.
  var wait: SlotWait?
  /// The request, where it can be asked again elsewhere.
  var request: UnsafeMutablePointer<SlotRequest>?

  init(line: UInt32, _ state: State) {
    self.line = line
    self.state = state
  }

  /// Appends a copy. False: there is no memory.
  mutating func append(_ source: UnsafeRawPointer, _ length: Int, _ budget: BufferBudget) -> Bool {
    collected.append(source, length, budget)
  }

  /// The bytes, and how many there are.
  var bytes: UnsafeMutableRawPointer? { collected.start }
  var count: Int { collected.count }

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
    collected.removeAll(budget)
  }
}
