/// Giving and ending leases, and the passing of time.
extension LeaseTable {
  /// Gives the key's lease, which must be free. Returns its end; the caller settles the deadline.
  mutating func give(
    _ number: UInt32, _ purpose: LeasePurpose, to reader: UInt64, token: UInt64 = 0, stamp: UInt64,
    length: UInt64, itemEnd: UInt64 = 0, now: UInt64
  ) -> UInt64 {
    let entry = entries[number]
    assert(!entry.pointee.hasLease)
    entry.pointee.purpose = purpose
    entry.pointee.addActsAsSet = purpose == .refresh
    entry.pointee.holder = reader
    entry.pointee.token = token
    entry.pointee.stamp = stamp
    entry.pointee.leaseEnd = now + length
    entry.pointee.leaseLength = length
    entry.pointee.itemEnd = itemEnd
    pool(entry.pointee.pool).pointee.counters.leasesGiven += 1
    return now + length
  }

  /// Ends the lease, if there is one, for another reason than a write.
  func withdraw(_ number: UInt32, now: UInt64) {
    let entry = entries[number]
    if !entry.pointee.hasLease { return }
    let counters = pool(entry.pointee.pool)
    if entry.pointee.leaseEnd <= now {
      counters.pointee.counters.leasesLost += 1
    } else {
      counters.pointee.counters.leasesWithdrawn += 1
    }
    entry.pointee.leaseEnd = 0
  }

  /// Does what became due for one key, in the order in which it did. False: nothing is left of the entry.
  mutating func catchUp(_ number: UInt32, now: UInt64, _ actions: inout HerdActions) -> Bool {
    let entry = entries[number]
    if entry.pointee.deadline > now { return true }
    while true {
      let leaseEnd = entry.pointee.leaseEnd == 0 ? UInt64.max : entry.pointee.leaseEnd
      let first = entry.pointee.firstWaiter
      let patience = first == 0 ? UInt64.max : waiters[first].pointee.giveUpAt
      if min(leaseEnd, patience) > now { break }
      if leaseEnd <= patience {
        entry.pointee.leaseEnd = 0
        pool(entry.pointee.pool).pointee.counters.leasesLost += 1
        passOn(number, now: now, &actions)
      } else {
        giveUp(number, &actions)
      }
    }
    if entry.pointee.holdOffEnd <= now { entry.pointee.holdOffEnd = 0 }
    let remains = entry.pointee.hasLease || entry.pointee.holdOffEnd != 0
    settleDeadline(number)
    return remains
  }

  /// The key's entry as it is now, 0 if there is none: what is due is done, and a lease given before the bump
  /// `validFrom` goes to the oldest waiter, because what its holder read is void.
  mutating func current(
    _ key: LeaseKey, validFrom: UInt64, now: UInt64, _ actions: inout HerdActions
  ) -> UInt32 {
    let number = find(key)
    guard number != 0, catchUp(number, now: now, &actions) else { return 0 }
    let entry = entries[number]
    if entry.pointee.hasLease && entry.pointee.stamp < validFrom {
      withdraw(number, now: now)
      passOn(number, now: now, &actions)
      if !entry.pointee.hasLease && entry.pointee.holdOffEnd == 0 {
        remove(number)
        return 0
      }
      settleDeadline(number)
    }
    return number
  }

  /// Does what is due: a lease that ends goes to the oldest waiter, a reader that waited long enough gets a
  /// plain miss. At most `limit` keys a call; `nextDeadline` tells whether there is more.
  public mutating func tick(now: UInt64, limit: Int = 64, _ actions: inout HerdActions) {
    var left = limit
    while left > 0, nextDeadline <= now, let heap {
      _ = catchUp(heap[0], now: now, &actions)
      left -= 1
    }
  }
}
