import CHearth
import HearthNet
import HearthProtocol
import HearthStorage

extension Worker {
  /// set, add, replace, cas.
  @inline(__always)
  static func store(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    let pool = op.pointee.pool
    let flags = op.pointee.request.clientFlags
    if pool.pointee.exceedsLimit(
      keyLength: op.pointee.key.count, valueLength: Int(op.pointee.request.dataLength), clientFlags: flags)
    {
      return refuseTooLarge(w, op, deletes: op.pointee.request.verb == .set)
    }
    w.pointee.counters.commandSet &+= 1
    if w.pointee.detail { PrefixStatistics.recordSet(w, op.pointee.key) }
    let now = w.pointee.now
    var locked = pool.pointee.pool.lockForWrite(op.pointee.key, now: now)
    if op.pointee.request.verb != .set, let refusal = condition(w, op, &locked) {
      return answer(w, op, refusal)
    }
    let info = ItemInfo(
      clientFlags: flags, expiry: pool.pointee.expiry(op.pointee.request.exptime, now: now),
      exempt: op.pointee.request.verb == .add && !w.pointee.permit.addActsAsSet,
      stamp: w.pointee.permit.stamp)
    if put(w, op, &locked, info) {
      w.pointee.effect = op.pointee.request.verb == .add ? .added : .stored
      answer(w, op, "STORED\r\n")
    } else {
      _ = consume locked
      refuseNoMemory(w, op)
    }
  }

  /// What keeps add, replace or cas from storing, as the reply; nil when nothing does.
  @inline(never)
  private static func condition(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ locked: inout LockedKey
  ) -> StaticString? {
    let exists = locked.item != nil
    switch op.pointee.request.verb {
    case .add:
      if !exists || w.pointee.permit.addActsAsSet { return nil }
      // A refused add counts as an access, as in memcached: the item is wanted.
      locked.recordAccess()
      return "NOT_STORED\r\n"
    case .replace: return exists ? nil : "NOT_STORED\r\n"
    case .cas:
      if !exists {
        w.pointee.counters.casMisses &+= 1
        return "NOT_FOUND\r\n"
      }
      if op.pointee.cas(of: &locked) != op.pointee.request.number || op.pointee.request.number == 0 {
        w.pointee.counters.casBadValue &+= 1
        return "EXISTS\r\n"
      }
      w.pointee.counters.casHits &+= 1
      return nil
    default: return nil
    }
  }

  /// Stores the request's value, from the input or the large one that has arrived.
  @inline(__always)
  static func put(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ locked: inout LockedKey, _ info: ItemInfo
  ) -> Bool {
    if !op.pointee.request.bodyFollows { return locked.put(op.pointee.data, info) }
    guard let large = w.pointee.arrived.take() else { return false }
    return locked.put(large, info)
  }

  /// `object too large for cache`; a set then deletes what was there, so that nobody reads an old value.
  @inline(never)
  static func refuseTooLarge(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, deletes: Bool) {
    w.pointee.counters.storeTooLarge &+= 1
    if deletes { remove(w, op) }
    answer(w, op, "SERVER_ERROR object too large for cache\r\n")
  }

  /// No memory for a new value. Where items are evicted anyway the old value of a set goes, so that nobody reads it for
  /// the new one; a deterministic pool keeps what it has. No lock may be held.
  @inline(never)
  static func refuseNoMemory(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    w.pointee.counters.storeNoMemory &+= 1
    let request = op.pointee.request
    let replaces =
      request.verb == .set
      || request.verb == .metaSet && MetaArguments(request, in: op.pointee.input).mode == .set
    if replaces && op.pointee.pool.pointee.pool.evicts { remove(w, op) }
    answer(w, op, "SERVER_ERROR out of memory storing object\r\n")
  }

  /// Removes the key without a word.
  static func remove(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    if op.pointee.detour == .forward { return removeElsewhere(w, op) }
    var locked = op.pointee.pool.pointee.pool.lock(op.pointee.key, now: w.pointee.now)
    locked.remove()
    w.pointee.effect = .deleted
  }
}
