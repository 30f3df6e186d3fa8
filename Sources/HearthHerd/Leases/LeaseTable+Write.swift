/// What writers may do, and what their writes end.
extension LeaseTable {
  /// To be asked before a set, add, replace or cas stores anything, unless the table is empty and the key's
  /// group was not bumped within the hold-off.
  ///
  /// In a pool with a hold-off, ask and store under the table's lock, so that no invalidation comes between.
  public mutating func permit(_ key: LeaseKey, _ request: WriteRequest, now: UInt64) -> WritePermit {
    var permit = WritePermit()
    var isHeldOff = request.heldOffUntil > now
    let number = find(key)
    if number != 0 {
      let entry = entries[number]
      isHeldOff = isHeldOff || entry.pointee.holdOffEnd > now
      if entry.pointee.leaseEnd > now && entry.pointee.isHeld(by: request.reader, token: request.token) {
        permit.isHolder = true
        permit.stamp = entry.pointee.stamp
        permit.addActsAsSet = entry.pointee.addActsAsSet
      }
    }
    // A lease that an invalidation of the key itself found was withdrawn by it: one that is left is younger.
    if isHeldOff && !(permit.isHolder && permit.stamp >= request.validFrom) {
      permit.isRefused = true
      pool(key.pool).pointee.counters.holdOffRefusals += 1
    }
    return permit
  }

  /// The key was written: ends its lease (extend and touch leave it) and lets its readers look again. Call
  /// after the value is in the store. Returns the reader whose lease ended, 0 if none did.
  @discardableResult
  public mutating func written(
    _ key: LeaseKey, _ kind: WriteKind, now: UInt64, _ actions: inout HerdActions
  ) -> UInt64 {
    let number = find(key)
    if number == 0 { return 0 }
    let entry = entries[number]
    var holder: UInt64 = 0
    switch kind {
    case .set, .add, .arithmetic:
      holder = complete(number, now: now)
    case .extend:
      // What was appended would be lost if the holder's add replaced it unseen.
      entry.pointee.addActsAsSet = false
    case .touch: break
    }
    releaseAll(number, &actions)
    settleDeadline(number)
    return holder
  }

  private func complete(_ number: UInt32, now: UInt64) -> UInt64 {
    let entry = entries[number]
    if !entry.pointee.hasLease { return 0 }
    let counters = pool(entry.pointee.pool)
    if entry.pointee.leaseEnd <= now {
      counters.pointee.counters.leasesLost += 1
    } else {
      counters.pointee.counters.leasesCompleted += 1
      if entry.pointee.purpose == .refresh && now < entry.pointee.itemEnd {
        counters.pointee.counters.refreshesInTime += 1
      }
    }
    entry.pointee.leaseEnd = 0
    return entry.pointee.holder
  }

  /// A client deleted the key: ends its lease; the oldest waiter gets the next.
  public mutating func deleted(_ key: LeaseKey, now: UInt64, _ actions: inout HerdActions) {
    let number = find(key)
    if number == 0 { return }
    withdraw(number, now: now)
    passOn(number, now: now, &actions)
    settleDeadline(number)
  }

  /// A feed or `md I` invalidated the key: as `deleted`, and with a hold-off in the rule sets are refused
  /// from now on, but for those of holders of leases given from now on. `clock` is the pool's generation
  /// clock.
  ///
  /// Invalidate and call under the table's lock (see `permit`).
  public mutating func invalidated(
    _ key: LeaseKey, _ rule: HerdRule, clock: UInt64 = 0, now: UInt64, _ actions: inout HerdActions
  ) {
    let pool = pool(key.pool)
    if clock > pool.pointee.clock { pool.pointee.clock = clock }
    if rule.holdOff == 0 { return deleted(key, now: now, &actions) }
    var number = find(key)
    if number == 0 { number = insert(key) }
    if number == 0 {
      pool.pointee.counters.spilled += 1
      return
    }
    withdraw(number, now: now)
    let entry = entries[number]
    entry.pointee.holdOffEnd = max(entry.pointee.holdOffEnd, now + rule.holdOff)
    passOn(number, now: now, &actions)
    settleDeadline(number)
  }

  /// A meta client was told W by the item itself (mg N, R, or a stale item): it holds the lease, by its
  /// connection and by the item's CAS as a token. Takes the lease from whoever had it; parked readers go on
  /// waiting for the value. Returns the lease's end, 0 if there is no room or the rule is off.
  public mutating func won(
    _ key: LeaseKey, by reader: UInt64, token: UInt64, _ rule: HerdRule, clock: UInt64 = 0, now: UInt64
  ) -> UInt64 {
    if rule.isOff { return 0 }
    let pool = pool(key.pool)
    if clock > pool.pointee.clock { pool.pointee.clock = clock }
    var number = find(key)
    if number == 0 { number = insert(key) }
    if number == 0 {
      pool.pointee.counters.spilled += 1
      return 0
    }
    withdraw(number, now: now)
    let until = give(
      number, .compute, to: reader, token: token, stamp: clock, length: rule.leaseForMiss, now: now)
    settleDeadline(number)
    return until
  }
}
