/// One client of the herd: reads the key, waits, reads again; computes and stores the value when it is told that
/// there is none. A state machine without socket and clock: it is told the time, and says what to do. Times are
/// nanoseconds of one monotonic clock.
struct HerdClient: Equatable, Sendable {
  enum State: Equatable, Sendable {
    case pausing
    case reading(since: UInt64)
    /// `since` is when the get was sent that missed.
    case computing(ticket: Int, began: UInt64, since: UInt64)
    case storing(since: UInt64)
  }

  /// What came of a reply.
  enum Event: Equatable, Sendable {
    /// The value is there; it is `age` old.
    case hit(wait: UInt64, age: UInt64)
    /// The client has to compute: take a ticket and call `compute`.
    case miss(wait: UInt64)
    /// The value that it computed is stored; `wait` is all the time since its get.
    case stored(wait: UInt64)
    case refused(String)
    /// The connection is of no use any more.
    case wrong(String)
  }

  /// What to send when the client's time has come.
  enum Request: Equatable, Sendable {
    case get
    /// Finish the ticket, then store.
    case set(ticket: Int, value: HerdValue)
    case nothing
  }

  private(set) var state = State.pausing

  var isAwaitingReply: Bool {
    switch state {
    case .reading, .storing: true
    case .pausing, .computing: false
    }
  }

  /// The end of a pause or of a computation.
  mutating func due(now: UInt64) -> Request {
    switch state {
    case .pausing:
      state = .reading(since: now)
      return .get
    case .computing(let ticket, let began, let since):
      state = .storing(since: since)
      return .set(ticket: ticket, value: HerdValue(ticket: UInt64(ticket), computedAt: began))
    case .reading, .storing: return .nothing
    }
  }

  mutating func receive(_ reply: HerdReply, now: UInt64) -> Event {
    switch (state, reply) {
    case (.reading(let since), .hit(let value)):
      state = .pausing
      return .hit(wait: now - since, age: now > value.computedAt ? now - value.computedAt : 0)
    case (.reading(let since), .miss): return .miss(wait: now - since)
    case (.storing(let since), .stored):
      state = .pausing
      return .stored(wait: now - since)
    case (.reading, .refused(let line)), (.storing, .refused(let line)):
      state = .pausing
      return .refused(line)
    case (_, .wrong(let line)): return .wrong(line)
    case (_, .hit), (_, .miss), (_, .stored), (_, .refused):
      return .wrong("a reply of another kind than asked for")
    }
  }

  /// After a miss.
  mutating func compute(ticket: Int, now: UInt64) {
    guard case .reading(let since) = state else { return }
    state = .computing(ticket: ticket, began: now, since: since)
  }
}
