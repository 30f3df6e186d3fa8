import CHearth
import Glibc

/// A message between threads: a number that the receiver understands and two words.
public struct Message {
  /// What it is; values below 16 belong to HearthNet.
  public var kind: Int
  /// First word.
  public var number: Int
  /// Second word.
  public var pointer: UnsafeMutableRawPointer?

  /// A message.
  public init(kind: Int, number: Int = 0, pointer: UnsafeMutableRawPointer? = nil) {
    self.kind = kind
    self.number = number
    self.pointer = pointer
  }
}

/// A queue of messages into one loop. Any thread posts; the owning loop is woken through an eventfd and takes
/// them all. The state lives behind a pointer for the life of the process.
public struct Mailbox {
  struct State {
    var lock: UInt32 = 0
    var descriptor: Int32
    var messages: UnsafeMutablePointer<Message>
    var capacity: Int
    var count = 0
  }

  let state: UnsafeMutablePointer<State>

  init() throws(NetError) {
    // EFD_NONBLOCK | EFD_CLOEXEC have the values of O_NONBLOCK and O_CLOEXEC (eventfd(2)).
    let fd = gnuEventDescriptor(0, O_NONBLOCK | O_CLOEXEC)
    if fd < 0 { throw NetError("eventfd: \(SystemCalls.describe(hearth_errno()))") }
    state = .allocate(capacity: 1)
    state.initialize(to: State(descriptor: fd, messages: .allocate(capacity: 64), capacity: 64))
  }

  var descriptor: Int32 { state.pointee.descriptor }

  /// Puts a message into the queue and wakes the loop. Any thread.
  public func post(_ message: Message) {
    hearth_lock(&state.pointee.lock)
    if state.pointee.count == state.pointee.capacity { grow() }
    (state.pointee.messages + state.pointee.count).initialize(to: message)
    state.pointee.count += 1
    hearth_unlock(&state.pointee.lock)
    var one: UInt64 = 1
    _ = write(state.pointee.descriptor, &one, 8)
  }

  /// Messages that wait.
  var count: Int {
    hearth_lock(&state.pointee.lock)
    defer { hearth_unlock(&state.pointee.lock) }
    return state.pointee.count
  }

  private func grow() {
    let larger = UnsafeMutablePointer<Message>.allocate(capacity: state.pointee.capacity * 2)
    larger.moveInitialize(from: state.pointee.messages, count: state.pointee.count)
    state.pointee.messages.deallocate()
    state.pointee.messages = larger
    state.pointee.capacity *= 2
  }

  /// Takes the oldest message. The owning loop only.
  func take() -> Message? {
    hearth_lock(&state.pointee.lock)
    defer { hearth_unlock(&state.pointee.lock) }
    if state.pointee.count == 0 { return nil }
    let first = state.pointee.messages[0]
    state.pointee.count -= 1
    memmove(
      state.pointee.messages, state.pointee.messages + 1, state.pointee.count * MemoryLayout<Message>.stride)
    return first
  }

  func acknowledge() {
    var count: UInt64 = 0
    _ = read(state.pointee.descriptor, &count, 8)
  }
}
