/// Readers that wait for a key.
extension LeaseTable {
  /// Parks a reader behind the key's lease. Nil: one too many.
  mutating func park(_ number: UInt32, _ request: ReadRequest, _ rule: HerdRule, until: UInt64) -> WaitTicket?
  {
    let entry = entries[number]
    if entry.pointee.waiterCount >= rule.maximumWaiters { return nil }
    let waiter = LeaseWaiter(
      entry: number, seat: request.seat, reader: request.reader, giveUpAt: until,
      serial: lastSerial + 1
    )
    let taken = waiters.take(waiter, allowance: allowance)
    if taken == 0 { return nil }
    lastSerial += 1
    link(taken, into: entry)
    // Should the lease pass on, it is one for a missing item, though this one may be for a refresh.
    entry.pointee.leaseLength = rule.leaseForMiss
    settleDeadline(number)
    pool(entry.pointee.pool).pointee.counters.parked += 1
    return waiters[taken].pointee.ticket(taken)
  }

  /// Puts a waiter into the order of patience: nearly always at the end; before others only when it was
  /// parked before, or when the rule's `coalesceWait` has become shorter.
  private func link(_ number: UInt32, into entry: UnsafeMutablePointer<LeaseEntry>) {
    let waiter = waiters[number]
    var before = entry.pointee.lastWaiter
    while before != 0 && waiters[before].pointee.giveUpAt > waiter.pointee.giveUpAt {
      before = waiters[before].pointee.previous
    }
    let after = before == 0 ? entry.pointee.firstWaiter : waiters[before].pointee.next
    waiter.pointee.previous = before
    waiter.pointee.next = after
    if before == 0 { entry.pointee.firstWaiter = number } else { waiters[before].pointee.next = number }
    if after == 0 { entry.pointee.lastWaiter = number } else { waiters[after].pointee.previous = number }
    entry.pointee.waiterCount += 1
  }

  /// Takes a waiter out of its list and frees its place.
  private mutating func unlink(_ number: UInt32, from entry: UnsafeMutablePointer<LeaseEntry>) {
    let waiter = waiters[number]
    let (before, after) = (waiter.pointee.previous, waiter.pointee.next)
    if before == 0 { entry.pointee.firstWaiter = after } else { waiters[before].pointee.next = after }
    if after == 0 { entry.pointee.lastWaiter = before } else { waiters[after].pointee.previous = before }
    entry.pointee.waiterCount -= 1
    waiter.pointee.serial = 0
    waiters.give(number)
  }

  /// Tells all waiters to look again. The caller settles the deadline.
  mutating func releaseAll(_ number: UInt32, _ actions: inout HerdActions) {
    let entry = entries[number]
    pool(entry.pointee.pool).pointee.counters.released += UInt64(entry.pointee.waiterCount)
    while entry.pointee.firstWaiter != 0 {
      let first = entry.pointee.firstWaiter
      let waiter = waiters[first].pointee
      actions.append(HerdAction(kind: .retry, ticket: waiter.ticket(first), until: waiter.giveUpAt))
      unlink(first, from: entry)
    }
  }

  /// Gives a lease that has just ended to the oldest waiter, if there is one. The caller settles the
  /// deadline.
  mutating func passOn(_ number: UInt32, now: UInt64, _ actions: inout HerdActions) {
    let entry = entries[number]
    let first = entry.pointee.firstWaiter
    if first == 0 { return }
    let ticket = waiters[first].pointee.ticket(first)
    unlink(first, from: entry)
    let pool = pool(entry.pointee.pool)
    pool.pointee.counters.promoted += 1
    let until = give(
      number, .compute, to: ticket.reader, stamp: pool.pointee.clock, length: entry.pointee.leaseLength,
      now: now)
    actions.append(HerdAction(kind: .missWithLease, ticket: ticket, until: until))
  }

  /// The first waiter has waited long enough. The caller settles the deadline.
  mutating func giveUp(_ number: UInt32, _ actions: inout HerdActions) {
    let entry = entries[number]
    let first = entry.pointee.firstWaiter
    let waiter = waiters[first].pointee
    actions.append(HerdAction(kind: .plainMiss, ticket: waiter.ticket(first), until: waiter.giveUpAt))
    unlink(first, from: entry)
    let pool = pool(entry.pointee.pool)
    pool.pointee.counters.gaveUp += 1
    pool.pointee.counters.spilled += 1
  }

  /// A parked reader's connection has closed: it vanishes without a trace. Leases stay, whoever holds them: a
  /// proxy may close a connection after each miss. False: the ticket was answered, and the action is under
  /// way.
  @discardableResult
  public mutating func closed(_ ticket: WaitTicket) -> Bool {
    guard waiters.contains(ticket.waiter), ticket.serial != 0 else { return false }
    let waiter = waiters[ticket.waiter].pointee
    guard waiter.serial == ticket.serial else { return false }
    let entry = entries[waiter.entry]
    unlink(ticket.waiter, from: entry)
    pool(entry.pointee.pool).pointee.counters.closed += 1
    settleDeadline(waiter.entry)
    return true
  }
}
