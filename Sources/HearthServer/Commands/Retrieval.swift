import CHearth
import HearthNet
import HearthProtocol
import HearthStorage

extension Worker {
  /// get, gets: one key of a line. `revealing`: a value that has expired and is kept is served.
  @inline(__always)
  static func get(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, withCAS: Bool, revealing: Bool = false
  ) {
    w.pointee.counters.commandGet &+= 1
    var locked = op.pointee.pool.pointee.pool.lock(op.pointee.key, now: w.pointee.now)
    if revealing && locked.item == nil { locked.revealExpired() }
    var hit = false
    if let item = locked.item {
      hit = true
      locked.recordHit()
      w.pointee.counters.getHits &+= 1
      let cas = withCAS ? op.pointee.cas(of: &locked) : 0
      let large = writeValueLine(w, op, item, cas: withCAS ? cas : nil)
      if large { sendLarge(w, locked) }
    } else {
      countMiss(w, locked.absence)
    }
    if op.pointee.request.isLastKey { writeEnd(w) }
    if w.pointee.detail { PrefixStatistics.recordGet(w, op.pointee.key, hit: hit) }
  }

  /// One key of a get is played as a miss.
  static func replyMiss(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    w.pointee.counters.commandGet &+= 1
    countMiss(w, .unknown)
    if op.pointee.request.isLastKey { writeEnd(w) }
    if w.pointee.detail { PrefixStatistics.recordGet(w, op.pointee.key, hit: false) }
  }

  /// gat, gats: one key of a line, given a new expiry.
  static func getAndTouch(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, withCAS: Bool) {
    w.pointee.counters.commandTouch &+= 1
    let pool = op.pointee.pool
    var locked = pool.pointee.pool.lockForWrite(op.pointee.key, now: w.pointee.now)
    var hit = false
    if locked.item != nil {
      hit = true
      // Only a deterministic pool without a free byte has no room for an expiry.
      if !locked.setExpiry(pool.pointee.expiry(op.pointee.request.exptime, now: w.pointee.now)) {
        return answer(w, "SERVER_ERROR out of memory\r\n")
      }
      w.pointee.effect = .touched
    }
    if let item = locked.item {
      locked.recordHit()
      w.pointee.counters.touchHits &+= 1
      let cas = withCAS ? op.pointee.cas(of: &locked) : 0
      let large = writeValueLine(w, op, item, cas: withCAS ? cas : nil)
      if large { sendLarge(w, locked) }
    } else {
      w.pointee.counters.touchMisses &+= 1
    }
    if op.pointee.request.isLastKey { writeEnd(w) }
    if w.pointee.detail { PrefixStatistics.recordGet(w, op.pointee.key, hit: hit) }
  }

  /// A key of a get that is not there, or not any more.
  @inline(__always)
  static func countMiss(_ w: WorkerPointer, _ absence: Absence) {
    w.pointee.counters.getMisses &+= 1
    if absence == .expired { w.pointee.counters.getExpired &+= 1 }
    if absence == .flushed { w.pointee.counters.getFlushed &+= 1 }
  }

  /// `VALUE key flags bytes [cas]` and the value. True: the value is a large one and is still to come.
  @inline(__always)
  private static func writeValueLine(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ item: Item, cas: UInt64?
  ) -> Bool {
    var r = ReplyCursor(w.pointee.out)
    let key = UnsafeRawBufferPointer(start: op.pointee.key.start, count: op.pointee.key.count)
    r.p = ReplyWriter.value(key: key, flags: item.clientFlags, length: item.valueLength, cas: cas, r.p)
    if item.isLarge {
      w.pointee.out = r.p
      return true
    }
    r.bytes(item.value)
    r.endLine()
    w.pointee.out = r.p
    return false
  }

  /// Sends the large value of a reply whose line is written. The lock is gone before that.
  @inline(never)
  static func sendLarge(_ w: WorkerPointer, _ locked: consuming LockedKey) {
    let pinned = locked.pin()
    _ = consume locked
    append(w, pinned)
    endValue(w)
  }

  @inline(__always)
  static func endValue(_ w: WorkerPointer) {
    var r = ReplyCursor(w.pointee.out)
    r.endLine()
    w.pointee.out = r.p
  }

  @inline(__always)
  static func writeEnd(_ w: WorkerPointer) {
    var r = ReplyCursor(w.pointee.out)
    r.p.storeBytes(of: 0x0d44_4e45, as: UInt32.self)
    r.p.storeBytes(of: 0x0a, toByteOffset: 4, as: UInt8.self)
    r.p += 5
    w.pointee.out = r.p
  }
}
