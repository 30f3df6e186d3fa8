import CHearth
import HearthNet
import HearthProtocol
import HearthStorage

/// How a counter changed.
enum ArithmeticOutcome {
  case value(UInt64)
  case missing
  case exists
  case nonNumeric
  case noMemory
}

extension Worker {
  /// incr, decr.
  static func arithmetic(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, increment: Bool) {
    var locked = op.pointee.pool.pointee.pool.lockForWrite(op.pointee.key, now: w.pointee.now)
    let outcome = count(
      w, op, &locked, by: op.pointee.request.number, increment: increment, ifCAS: 0, newCAS: 0)
    switch outcome {
    case .value(let value):
      if op.pointee.request.noReply { return }
      var r = ReplyCursor(w.pointee.out)
      r.number(value)
      r.endLine()
      w.pointee.out = r.p
    case .missing, .exists: answer(w, op, "NOT_FOUND\r\n")
    case .nonNumeric:
      answer(w, op, "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n")
    case .noMemory: answer(w, op, "SERVER_ERROR out of memory\r\n")
    }
  }

  /// Changes the number that the locked item holds: incr wraps at 2^64, decr stops at 0. Flags, expiry and marks
  /// stay. `ifCAS` 0: whatever its CAS.
  static func count(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ locked: inout LockedKey, by delta: UInt64,
    increment: Bool, ifCAS: UInt64, newCAS: UInt64
  ) -> ArithmeticOutcome {
    guard let item = locked.item else {
      if increment { w.pointee.counters.incrMisses &+= 1 } else { w.pointee.counters.decrMisses &+= 1 }
      return .missing
    }
    if item.isLarge || item.valueLength == 0 { return .nonNumeric }
    if ifCAS != 0, op.pointee.cas(of: &locked) != ifCAS { return .exists }
    guard let old = number(item.value) else { return .nonNumeric }
    let new = increment ? old &+ delta : (delta > old ? 0 : old - delta)
    if increment { w.pointee.counters.incrHits &+= 1 } else { w.pointee.counters.decrHits &+= 1 }
    locked.recordAccess()
    // The digits are written behind the replies, where there is room for a line, and not sent from there.
    let digits = ReplyWriter.decimal(new, w.pointee.out) - w.pointee.out
    let bytes = UnsafeRawBufferPointer(start: w.pointee.out, count: digits)
    var info = keeping(item, cas: newCAS, marks: true)
    // As in memcached, where a number that became longer is a new item.
    info.exempt = true
    info.fetched = item.isFetched && digits <= item.valueLength
    if !locked.put(bytes, info) { return .noMemory }
    w.pointee.effect = .counted
    return .value(new)
  }

  /// memcached's reading of a stored number (strtoull): blanks before it, leading zeros and a plus are fine; it
  /// ends with the value or a blank.
  static func number(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
    var i = 0
    while i < bytes.count, isBlank(bytes[i]) { i += 1 }
    if i < bytes.count, bytes[i] == 0x2b { i += 1 }
    let first = i
    var value: UInt64 = 0
    while i < bytes.count {
      let digit = bytes[i] &- 0x30
      if digit > 9 { break }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      if overflow || carry { return nil }
      value = sum
      i += 1
    }
    if i == first || (i < bytes.count && !isBlank(bytes[i])) { return nil }
    return value
  }

  private static func isBlank(_ b: UInt8) -> Bool { b == 0x20 || (b >= 0x09 && b <= 0x0d) }
}
