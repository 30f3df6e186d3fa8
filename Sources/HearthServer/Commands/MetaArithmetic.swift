import CHearth
import HearthNet
import HearthProtocol
import HearthStorage

extension Worker {
  /// ma.
  static func metaArithmetic(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    w.pointee.counters.commandMeta &+= 1
    let request = op.pointee.request
    let arguments = MetaArguments(request, in: op.pointee.input)
    let pool = op.pointee.pool
    let now = w.pointee.now
    var locked = pool.pointee.pool.lockForWrite(op.pointee.key, now: now)
    var expiry = locked.item?.expiry ?? 0
    var vivified: UInt32?
    let value: UInt64
    let compare = request.has(MetaFlag.compareCAS) ? arguments.compareCAS : 0
    if locked.item == nil, request.has(MetaFlag.vivify) {
      let end = pool.pointee.expiry(arguments.vivifyTTL, now: now)
      value = arguments.initial
      if !vivify(w, op, &locked, arguments, expiry: end) {
        return answer(w, "SERVER_ERROR Out of memory allocating new item\r\n")
      }
      vivified = end
      expiry = 0
    } else {
      let outcome = count(
        w, op, &locked, by: arguments.delta, increment: arguments.mode != .decrement, ifCAS: compare,
        newCAS: arguments.explicitCAS)
      switch outcome {
      case .value(let new): value = new
      case .missing: return metaReply(w, op, "NF")
      case .exists: return metaReply(w, op, "EX")
      case .nonNumeric:
        return answer(w, "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n")
      case .noMemory: return answer(w, "SERVER_ERROR out of memory\r\n")
      }
    }
    var newExpiry: UInt32 = 0
    if request.has(MetaFlag.ttl) {
      newExpiry = pool.pointee.expiry(arguments.ttl, now: now)
      let keeps = vivified != nil && request.replyOrder.vivifiesLast
      if !keeps, !locked.setExpiry(newExpiry) { return answer(w, "SERVER_ERROR out of memory\r\n") }
    }
    if request.has(MetaFlag.quiet) { return }

    var r = ReplyCursor(w.pointee.out)
    if request.has(MetaFlag.value) {
      r.text("VA ")
      r.number(ReplyWriter.digits(value))
    } else {
      r.text("HD")
    }
    var order = request.replyOrder
    while let wanted = order.next() {
      switch wanted {
      case .cas:
        r.flag(0x63)
        r.number(op.pointee.cas(of: &locked))
      case .ttl: r.timeToLive(expiry, now: now)
      case .setTTL: expiry = newExpiry
      case .vivify: expiry = vivified ?? expiry
      case .opaque: r.opaque(op.pointee.bytes(request.opaque))
      case .key: writeKey(op, isBinary: request.has(MetaFlag.base64Key), &r)
      default: break
      }
    }
    r.endLine()
    if request.has(MetaFlag.value) {
      r.number(value)
      r.endLine()
    }
    w.pointee.out = r.p
  }

  /// N: makes the counter with its initial value.
  private static func vivify(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ locked: inout LockedKey,
    _ arguments: MetaArguments, expiry: UInt32
  ) -> Bool {
    let digits = ReplyWriter.decimal(arguments.initial, w.pointee.out) - w.pointee.out
    let info = ItemInfo(
      expiry: expiry, cas: arguments.explicitCAS, binaryKey: op.pointee.request.has(MetaFlag.base64Key),
      exempt: true)
    if !locked.put(UnsafeRawBufferPointer(start: w.pointee.out, count: digits), info) { return false }
    w.pointee.effect = .counted
    return true
  }
}
