import CHearth
import HearthNet
import HearthProtocol
import HearthStorage

extension Worker {
  /// me: everything known about an item, for people.
  static func metaDebug(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    w.pointee.counters.commandMeta &+= 1
    let now = w.pointee.now
    var locked = op.pointee.pool.pointee.pool.lock(op.pointee.key, now: now)
    guard let item = locked.item else { return answer(w, "EN\r\n") }
    var r = ReplyCursor(w.pointee.out)
    r.text("ME ")
    if item.isBinaryKey { r.p = Base64.encode(item.key, r.p) } else { r.bytes(item.key) }
    r.text(" exp=")
    if item.expiry == 0 { r.text("-1") } else { r.number(UInt64(item.expiry &- now)) }
    r.text(" la=")
    r.number(UInt64(now > item.lastAccess ? now - item.lastAccess : 0))
    r.text(" cas=")
    r.number(op.pointee.cas(of: &locked))
    r.text(item.isFetched ? " fetch=yes" : " fetch=no")
    r.text(" cls=1 size=")
    r.number(item.size)
    r.endLine()
    w.pointee.out = r.p
  }
}
