/// When a standby asks to become active because the floating address has come to it: the other node's keepalived may have died, which
/// that node does not notice. Pure; times are milliseconds of one monotonic clock.
struct AddressClaim {
  /// How long it has the address before it asks. In a change that is under way the view follows the address within that, or the address goes on.
  static let patience: UInt64 = 200
  /// Two claims in so long at most: where both keepaliveds have the address for good, because neither hears the other, nodes must not take
  /// it from each other all the time.
  static let span: UInt64 = 10_000

  private var wasHere = false
  /// Since when it has the address that came to it as a standby and that it has not claimed.
  private var since: UInt64?
  private var last: UInt64?
  private var lastButOne: UInt64?

  /// True: ask now. To be called at each change, and at least ten times a second.
  ///
  /// - Parameters:
  ///   - role: By the view.
  ///   - isUnfit: keepalived is told to give the address away.
  mutating func isDue(isHere: Bool, role: StandbyRole, isUnfit: Bool, now: UInt64) -> Bool {
    defer { wasHere = isHere }
    guard isHere, role == .standby, !isUnfit else {
      since = nil
      return false
    }
    if !wasHere { since = now }
    guard let since, now >= since + Self.patience, lastButOne.map({ now >= $0 + Self.span }) ?? true else {
      return false
    }
    self.since = nil
    (lastButOne, last) = (last, now)
    return true
  }
}
