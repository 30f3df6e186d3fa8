@testable import HearthHerd

extension LeaseTable {
  /// Everything that must hold between two calls, and does not.
  func violations() -> [String] {
    var wrong: [String] = []
    func check(_ holds: Bool, _ what: String) { if !holds { wrong.append(what) } }
    var waiting = 0
    var chained = 0
    for place in 0..<Int(occupied) {
      let number = heap![place]
      let entry = entries[number].pointee
      check(entry.heapIndex == UInt32(place), "entry \(number) does not know its place")
      if place > 0 {
        check(entries[heap![(place - 1) / 2]].pointee.deadline <= entry.deadline, "heap out of order")
      }
      check(entry.hasLease || entry.holdOffEnd != 0, "entry \(number) has no reason to be")
      check(entry.waiterCount == 0 || entry.hasLease, "readers wait for nothing")
      var ends = [entry.leaseEnd, entry.holdOffEnd].filter { $0 != 0 }
      var previous: UInt32 = 0
      var waiter = entry.firstWaiter
      var count = 0
      var patience: UInt64 = 0
      while waiter != 0 {
        let w = waiters[waiter].pointee
        if previous == 0 { ends.append(w.giveUpAt) }
        check(w.previous == previous && w.entry == number && w.serial != 0, "waiter \(waiter) is astray")
        check(w.giveUpAt >= patience, "waiters out of order")
        patience = w.giveUpAt
        previous = waiter
        waiter = w.next
        count += 1
      }
      check(entry.lastWaiter == previous && count == Int(entry.waiterCount), "list of waiters is broken")
      check(entry.deadline == ends.min(), "entry \(number) has another deadline than its ends")
      waiting += count
    }
    if let buckets {
      for bucket in 0...Int(bucketMask) {
        var number = buckets[bucket]
        while number != 0 {
          check(self.bucket(entries[number].pointee.hash) == bucket, "entry \(number) is in a wrong bucket")
          chained += 1
          number = entries[number].pointee.next
        }
      }
    }
    check(chained == Int(occupied) && entries.used == chained, "\(occupied) entries, \(chained) in buckets")
    check(waiting == waiters.used, "\(waiters.used) waiters, \(waiting) in lists")
    check(bytes <= maximumBytes, "\(bytes) bytes")
    for pool in 0..<poolCount { wrong += imbalance(UInt16(pool)) }
    return wrong
  }

  /// Given leases and parked readers are all accounted for.
  private func imbalance(_ pool: UInt16) -> [String] {
    let c = counters(pool: pool)
    var leases: UInt64 = 0
    var parked: UInt64 = 0
    for place in 0..<Int(occupied) {
      let entry = entries[heap![place]].pointee
      if min(Int(entry.pool), poolCount - 1) != Int(pool) { continue }
      if entry.hasLease { leases += 1 }
      parked += UInt64(entry.waiterCount)
    }
    var wrong: [String] = []
    if c.leasesGiven != c.leasesCompleted + c.leasesLost + c.leasesWithdrawn + leases {
      wrong.append("leases of pool \(pool) do not add up: \(c)")
    }
    if c.parked != c.released + c.promoted + c.gaveUp + c.closed + parked {
      wrong.append("readers of pool \(pool) do not add up: \(c)")
    }
    return wrong
  }
}
