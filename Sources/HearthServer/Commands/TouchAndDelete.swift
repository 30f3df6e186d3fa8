import CHearth
import HearthNet
import HearthProtocol
import HearthStorage

extension Worker {
  /// touch.
  static func touch(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    w.pointee.counters.commandTouch &+= 1
    let pool = op.pointee.pool
    var locked = pool.pointee.pool.lockForWrite(op.pointee.key, now: w.pointee.now)
    if locked.item == nil {
      w.pointee.counters.touchMisses &+= 1
      return answer(w, op, "NOT_FOUND\r\n")
    }
    w.pointee.counters.touchHits &+= 1
    locked.recordHit()
    if locked.setExpiry(pool.pointee.expiry(op.pointee.request.exptime, now: w.pointee.now)) {
      w.pointee.effect = .touched
      answer(w, op, "TOUCHED\r\n")
    } else {
      answer(w, op, "SERVER_ERROR out of memory\r\n")
    }
  }

  /// delete.
  static func delete(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    if w.pointee.detail { PrefixStatistics.recordDelete(w, op.pointee.key) }
    var locked = op.pointee.pool.pointee.pool.lock(op.pointee.key, now: w.pointee.now)
    w.pointee.effect = .deleted
    if locked.item == nil {
      // An expired value that is kept to be served must not outlive this.
      locked.remove()
      w.pointee.counters.deleteMisses &+= 1
      return answer(w, op, "NOT_FOUND\r\n")
    }
    w.pointee.counters.deleteHits &+= 1
    locked.remove()
    answer(w, op, "DELETED\r\n")
  }
}
