/// Acquiring, releasing and waiting.
extension KeyedMutexTable {
  /// A peer asks for a key. It must have no claim. Actions may come for other peers: an owner whose time is
  /// over is closed now, if `tick` has not come to it.
  public mutating func acquire(
    _ key: MutexKey, by peer: UInt64, now: UInt64, _ actions: inout MutexActions
  ) -> MutexAnswer {
    var number = find(key)
    if number != 0 && holds[number].pointee.deadline <= now {
      timeOut(number, now: now, &actions)
      number = find(key)
    }
    guard claims.used < options.maximumPeers, claims.used < claims.capacity,
      number == 0 || holds[number].pointee.waiterCount < options.maximumWaiters
    else {
      counters.refused += 1
      return .refused
    }
    let isOwner = number == 0
    if isOwner { number = insert(key, now: now) }
    lastSerial += 1
    let claim = claims.take(
      MutexClaimRecord(hold: number, peer: peer, serial: lastSerial), allowance: .max)
    if isOwner {
      holds[number].pointee.owner = claim
      counters.acquired += 1
      return .owner(claims[claim].pointee.claim(claim))
    }
    let hold = holds[number]
    claims[claim].pointee.previous = hold.pointee.lastWaiter
    if hold.pointee.lastWaiter == 0 {
      hold.pointee.firstWaiter = claim
    } else {
      claims[hold.pointee.lastWaiter].pointee.next = claim
    }
    hold.pointee.lastWaiter = claim
    hold.pointee.waiterCount += 1
    setWaiting(waiting + 1)
    counters.waited += 1
    return .waits(claims[claim].pointee.claim(claim))
  }

  /// Ends a claim, because its peer released the key or closed: an owner's passes to the waiters, a waiter's
  /// vanishes. False: it had ended already.
  @discardableResult
  public mutating func release(_ claim: MutexClaim, now: UInt64, _ actions: inout MutexActions) -> Bool {
    guard claim.serial != 0, claims.contains(claim.number),
      claims[claim.number].pointee.serial == claim.serial
    else { return false }
    let number = claims[claim.number].pointee.hold
    if holds[number].pointee.owner == claim.number {
      counters.released += 1
      endOwnership(number, now: now, &actions)
    } else {
      counters.closedWaiting += 1
      unlinkWaiter(claim.number, from: number)
    }
    return true
  }

  /// The cache received a value for the key: its waiters look there. The owner keeps the key until it
  /// releases it.
  public mutating func stored(_ key: MutexKey, _ actions: inout MutexActions) {
    if waiting == 0 { return }
    let number = find(key)
    if number == 0 { return }
    counters.toldBySet += UInt64(holds[number].pointee.waiterCount)
    tellAll(number, &actions)
  }

  /// Closes owners whose time is over and passes their keys to the waiters. At most `limit` a call;
  /// `nextDeadline` tells whether there is more.
  public mutating func tick(now: UInt64, limit: Int = 64, _ actions: inout MutexActions) {
    var left = limit
    while left > 0 && nextDeadline <= now {
      timeOut(earliest, now: now, &actions)
      left -= 1
    }
  }

  private mutating func timeOut(_ number: UInt32, now: UInt64, _ actions: inout MutexActions) {
    let owner = holds[number].pointee.owner
    let record = claims[owner].pointee
    actions.append(MutexAction(kind: .close, peer: record.peer, claim: record.claim(owner)))
    counters.timeOuts += 1
    endOwnership(number, now: now, &actions)
  }

  private mutating func endOwnership(_ number: UInt32, now: UInt64, _ actions: inout MutexActions) {
    let hold = holds[number]
    counters.longestHold = max(counters.longestHold, now - hold.pointee.since)
    freeClaim(hold.pointee.owner)
    if options.mode == .queue && hold.pointee.firstWaiter != 0 {
      let next = hold.pointee.firstWaiter
      detach(next, from: number)
      hold.pointee.owner = next
      removeFromOrder(number)
      appendToOrder(number, now: now)
      counters.acquired += 1
      counters.handOvers += 1
      let record = claims[next].pointee
      actions.append(MutexAction(kind: .own, peer: record.peer, claim: record.claim(next)))
    } else {
      counters.told += UInt64(hold.pointee.waiterCount)
      tellAll(number, &actions)
      remove(number)
    }
  }

  private mutating func tellAll(_ number: UInt32, _ actions: inout MutexActions) {
    let hold = holds[number]
    while hold.pointee.firstWaiter != 0 {
      let first = hold.pointee.firstWaiter
      let record = claims[first].pointee
      actions.append(MutexAction(kind: .tell, peer: record.peer, claim: record.claim(first)))
      unlinkWaiter(first, from: number)
    }
  }

  private mutating func unlinkWaiter(_ claim: UInt32, from number: UInt32) {
    detach(claim, from: number)
    freeClaim(claim)
  }

  /// Takes a claim out of the list of waiters.
  private mutating func detach(_ claim: UInt32, from number: UInt32) {
    let hold = holds[number]
    let (before, after) = (claims[claim].pointee.previous, claims[claim].pointee.next)
    if before == 0 { hold.pointee.firstWaiter = after } else { claims[before].pointee.next = after }
    if after == 0 { hold.pointee.lastWaiter = before } else { claims[after].pointee.previous = before }
    claims[claim].pointee.previous = 0
    claims[claim].pointee.next = 0
    hold.pointee.waiterCount -= 1
    setWaiting(waiting - 1)
  }

  private mutating func freeClaim(_ claim: UInt32) {
    claims[claim].pointee.serial = 0
    claims.give(claim)
  }
}
