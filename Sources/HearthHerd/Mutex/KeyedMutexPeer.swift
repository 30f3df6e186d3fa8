/// The protocol of one connection to the side port (keyedmutexd 0.04), byte by byte: 16 bytes of a key; while
/// it waits nothing, a byte closes it; while it owns, `R` releases, another byte releases and closes; then
/// the next key.
///
/// Owned by the connection's thread. Costs 48 bytes; no memory else, whatever is sent.
public struct KeyedMutexPeer: Sendable {
  /// Where the conversation is.
  public enum State: UInt8, Sendable {
    /// A key is to come, or the rest of it.
    case reading
    /// A key is complete: the caller asks the table and calls `owns` or `waits`.
    case asking
    /// It waits for the key.
    case waiting
    /// It owns the key.
    case owning
    /// Nothing more is read.
    case closed
  }

  /// What the caller is to do.
  public enum Step: Equatable, Sendable {
    /// Nothing: the input is used up.
    case more
    /// Ask the table for the key.
    case acquire(MutexKey)
    /// Release the claim; there may be more input.
    case release
    /// Release the claim and close the connection.
    case releaseAndClose
  }

  /// Where the conversation is.
  public private(set) var state = State.reading
  private var filled: UInt8 = 0
  /// The claim, while it waits or owns.
  public private(set) var claim = MutexClaim.none
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  private var begun: UInt64 = 0

  /// A new connection.
  public init() {}

  /// Takes the next step that the input from `offset` on asks for, and moves `offset` over what it used.
  public mutating func next(_ input: UnsafeRawBufferPointer, _ offset: inout Int, now: UInt64) -> Step {
    assert(state != .asking)
    if offset >= input.count { return .more }
    switch state {
    case .reading: return read(input, &offset, now: now)
    case .owning:
      let byte = input[offset]
      offset += 1
      if byte == 0x52 {
        state = .reading
        return .release
      }
      state = .closed
      return .releaseAndClose
    case .waiting, .asking:
      state = .closed
      return .releaseAndClose
    case .closed:
      offset = input.count
      return .more
    }
  }

  private mutating func read(_ input: UnsafeRawBufferPointer, _ offset: inout Int, now: UInt64) -> Step {
    if filled == 0 { begun = now }
    while filled < 16 && offset < input.count {
      let byte = UInt64(input[offset]) &<< (UInt64(filled) % 8 * 8)
      if filled < 8 { low |= byte } else { high |= byte }
      filled += 1
      offset += 1
    }
    if filled < 16 { return .more }
    let key = MutexKey(low: UInt64(littleEndian: low), high: UInt64(littleEndian: high))
    (low, high, filled) = (0, 0, 0)
    state = .asking
    return .acquire(key)
  }

  /// When the key began of which only a part has come; nil when there is no such part.
  public var partSince: UInt64? { state == .reading && filled > 0 ? begun : nil }

  /// Somebody sent a part of a key that long ago (milliseconds) and not the rest: close it.
  public func isOverdue(after limit: UInt64, now: UInt64) -> Bool {
    state == .reading && filled > 0 && now - begun >= limit
  }

  /// The table gave it the key: `O` is sent.
  public mutating func owns(_ claim: MutexClaim) {
    self.claim = claim
    state = .owning
  }

  /// It has to wait.
  public mutating func waits(_ claim: MutexClaim) {
    self.claim = claim
    state = .waiting
  }

  /// The connection is to be closed: nothing that still comes is read.
  public mutating func close() { state = .closed }

  /// An action of the table reached the peer. False: it came too late, send nothing.
  public mutating func apply(_ action: MutexAction) -> Bool {
    guard state != .closed, action.claim == claim else { return false }
    switch action.kind {
    case .own: state = .owning
    case .tell:
      state = .reading
      claim = .none
    case .close: state = .closed
    }
    return true
  }
}
