import CHearth
import HearthNet
import HearthProtocol
import HearthStorage

extension Worker {
  /// md: deletes, or marks stale (I), or empties (x).
  static func metaDelete(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    w.pointee.counters.commandMeta &+= 1
    if w.pointee.detail { PrefixStatistics.recordDelete(w, op.pointee.key) }
    let request = op.pointee.request
    let arguments = MetaArguments(request, in: op.pointee.input)
    let pool = op.pointee.pool
    let now = w.pointee.now
    var locked = pool.pointee.pool.lockForWrite(op.pointee.key, now: now)
    guard let item = locked.item else {
      locked.remove()
      // Somebody may be about to set what he read before.
      w.pointee.effect = request.has(MetaFlag.invalidate) ? .invalidated : .deleted
      w.pointee.counters.deleteMisses &+= 1
      return metaReply(w, op, "NF")
    }
    if request.has(MetaFlag.compareCAS), op.pointee.cas(of: &locked) != arguments.compareCAS {
      w.pointee.counters.deleteMisses &+= 1
      return metaReply(w, op, "EX")
    }
    let ttl = request.has(MetaFlag.ttl) ? pool.pointee.expiry(arguments.ttl, now: now) : 0
    if request.has(MetaFlag.removeValue) {
      let info = ItemInfo(
        clientFlags: arguments.clientFlags, expiry: ttl, cas: arguments.explicitCAS,
        binaryKey: item.isBinaryKey)
      if !locked.put(UnsafeRawBufferPointer(start: nil, count: 0), info) {
        return answer(w, "SERVER_ERROR out of memory\r\n")
      }
      w.pointee.effect = .stored
    }
    if request.has(MetaFlag.invalidate) {
      w.pointee.effect = .invalidated
      if request.has(MetaFlag.ttl), !locked.setExpiry(ttl) {
        return answer(w, "SERVER_ERROR out of memory\r\n")
      }
      locked.setMarks(stale: true, win: false)
      if !locked.assignCAS(arguments.explicitCAS) { return answer(w, "SERVER_ERROR out of memory\r\n") }
    } else {
      w.pointee.counters.deleteHits &+= 1
      if !request.has(MetaFlag.removeValue) {
        locked.remove()
        w.pointee.effect = .deleted
      }
    }
    if !request.has(MetaFlag.quiet) { metaReply(w, op, "HD") }
  }

  /// A return code with the echoed flags.
  static func metaReply(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ code: StaticString) {
    var r = ReplyCursor(w.pointee.out)
    r.text(code)
    echo(op, &r)
    r.endLine()
    w.pointee.out = r.p
  }
}
