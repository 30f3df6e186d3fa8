import HearthHerd

/// What a connection has to do with herd protection.
struct HerdSession {
  /// The leases that it was given.
  var leases = ReaderLeases()
  /// It is parked, at a key with this hash.
  var ticket: WaitTicket?
  var hash: UInt64 = 0
  /// It was parked at the key with `hash`, which is executed again first.
  var verdict = Verdict.none

  /// The verdict for a key; it is used once.
  mutating func takeVerdict(_ hash: UInt64) -> Verdict {
    if case .none = verdict { return .none }
    defer { verdict = .none }
    return hash == self.hash ? verdict : .none
  }
}
