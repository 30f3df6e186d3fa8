import HearthProtocol
import HearthStorage

/// What a meta get reports of its item: as it was before this access, changed step by step as the flags say, in
/// their order.
struct MetaGetState {
  /// Expiry as seen at this place of the line.
  var expiry: UInt32
  let lastAccess: UInt32
  let wasFetched: Bool
  let hadWin: Bool
  /// T: the new expiry.
  var newExpiry: UInt32 = 0
  /// N: the item was made for this request, to expire then.
  var created = false
  var vivified: UInt32 = 0
  /// R: expiries before this second win.
  var recacheBefore: UInt32 = 0
  /// What herd protection adds.
  var mark = HerdMark.none
  /// This client is to recompute the value.
  var won = false

  @inline(__always)
  init(_ item: Item) {
    expiry = item.expiry
    lastAccess = item.lastAccess
    wasFetched = item.isFetched
    hadWin = item.hasWin
  }

  /// Writes one returned flag, or does what one without output does at its place.
  @inline(__always)
  mutating func write(
    _ wanted: MetaReplyItem, _ op: UnsafeMutablePointer<Operation>, _ item: Item, _ locked: inout LockedKey,
    now: UInt32, _ r: inout ReplyCursor
  ) {
    switch wanted {
    case .size:
      r.flag(0x73)
      r.number(item.valueLength)
    case .ttl: r.timeToLive(expiry, now: now)
    case .cas:
      r.flag(0x63)
      r.number(op.pointee.cas(of: &locked))
    case .flags:
      r.flag(0x66)
      r.number(UInt64(item.clientFlags))
    case .lastAccess:
      r.flag(0x6c)
      r.number(UInt64(now > lastAccess ? now - lastAccess : 0))
    case .hit:
      r.flag(0x68)
      r.byte(wasFetched ? 0x31 : 0x30)
    case .opaque: r.opaque(op.pointee.bytes(op.pointee.request.opaque))
    case .key: Worker.writeKey(op, isBinary: item.isBinaryKey, &r)
    case .setTTL: expiry = newExpiry
    case .vivify:
      if created {
        expiry = vivified
        won = true
      }
    case .recache:
      if !hadWin && !created && expiry != 0 && expiry < recacheBefore { won = true }
    }
  }
}
