/// What readers are answered.
extension LeaseTable {
  /// Decides one read that found `item`. Ask only where `rule.concerns(item)`.
  ///
  /// The item must be looked up while the table's lock is held, or again then: otherwise a set between the
  /// look and this call would have released nobody, and the reader would compute for nothing or wait.
  public mutating func read(
    _ key: LeaseKey, _ request: ReadRequest, _ item: ItemView, _ rule: HerdRule, now: UInt64,
    _ actions: inout HerdActions
  ) -> ReadAnswer {
    if request.isExplicit { return item.state == .live ? .serve : .miss(.plain) }
    let pool = pool(key.pool)
    if request.clock > pool.pointee.clock { pool.pointee.clock = request.clock }
    if item.state == .live { return refresh(key, request, item, rule, now: now, &actions) }
    if request.command.mayServeStale && rule.mayServeStale(item) {
      return stale(key, request, item, rule, now: now, &actions)
    }
    return miss(key, request, rule, now: now, &actions)
  }

  /// A live item: one reader a lease refreshes it.
  private mutating func refresh(
    _ key: LeaseKey, _ request: ReadRequest, _ item: ItemView, _ rule: HerdRule, now: UInt64,
    _ actions: inout HerdActions
  ) -> ReadAnswer {
    let isMeta = request.command == .metaGet
    guard isMeta || request.command == .get, rule.isRefreshDue(item) else { return .serve }
    var number = current(key, validFrom: request.validFrom, now: now, &actions)
    if number != 0 && entries[number].pointee.hasLease { return isMeta ? .serveTaken : .serve }
    if number == 0 { number = insert(key) }
    if number == 0 {
      self.pool(key.pool).pointee.counters.spilled += 1
      return .serve
    }
    let until = give(
      number, .refresh, to: request.reader, token: isMeta ? item.version : 0, stamp: request.clock,
      length: rule.refreshLease, itemEnd: now + item.remaining, now: now)
    settleDeadline(number)
    return isMeta ? .serveWon(until: until) : .miss(.lease(until: until))
  }

  /// An expired item: everybody but the lease holder gets it.
  private mutating func stale(
    _ key: LeaseKey, _ request: ReadRequest, _ item: ItemView, _ rule: HerdRule, now: UInt64,
    _ actions: inout HerdActions
  ) -> ReadAnswer {
    let isMeta = request.command == .metaGet
    let counters = pool(key.pool)
    var number = current(key, validFrom: request.validFrom, now: now, &actions)
    if number != 0 && entries[number].pointee.hasLease {
      if !isMeta && entries[number].pointee.isHeld(by: request.reader) { return .miss(.plain) }
      counters.pointee.counters.staleServed += 1
      return .serveStale
    }
    if number == 0 { number = insert(key) }
    if number == 0 {
      counters.pointee.counters.spilled += 1
      return .miss(.spilled)
    }
    let until = give(
      number, .compute, to: request.reader, token: isMeta ? item.version : 0, stamp: request.clock,
      length: rule.leaseForMiss, now: now)
    settleDeadline(number)
    return isMeta ? .serveStaleWon(until: until) : .miss(.lease(until: until))
  }

  /// No item: the first reader computes it, the others wait.
  private mutating func miss(
    _ key: LeaseKey, _ request: ReadRequest, _ rule: HerdRule, now: UInt64, _ actions: inout HerdActions
  ) -> ReadAnswer {
    var number = current(key, validFrom: request.validFrom, now: now, &actions)
    if number != 0 && entries[number].pointee.hasLease {
      guard rule.coalesces else { return .miss(.plain) }
      let until = request.giveUpAt != 0 ? request.giveUpAt : now + rule.coalesceWait
      let mayWait =
        request.mayPark && !request.holdsLease && !entries[number].pointee.isHeld(by: request.reader)
      if mayWait, until > now, let ticket = park(number, request, rule, until: until) { return .park(ticket) }
      pool(key.pool).pointee.counters.spilled += 1
      return .miss(.spilled)
    }
    // Within a hold-off somebody must hold a lease even where readers do not wait: else nobody could set the
    // key.
    guard rule.coalesces || number != 0 || request.heldOffUntil > now else { return .miss(.plain) }
    if number == 0 { number = insert(key) }
    if number == 0 {
      pool(key.pool).pointee.counters.spilled += 1
      return .miss(.spilled)
    }
    let until = give(
      number, .compute, to: request.reader, stamp: request.clock, length: rule.leaseForMiss, now: now)
    settleDeadline(number)
    return .miss(.lease(until: until))
  }
}
