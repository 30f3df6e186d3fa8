import CHearth
import HearthNet
import HearthProtocol
import HearthStorage

/// How a meta set ended, with what its reply may tell.
private struct MetaSetOutcome {
  var code: StaticString
  var cas: UInt64 = 0
  var length: Int
  var isStored: Bool { code.utf8Start[0] == 0x48 }
}

extension Worker {
  /// ms.
  @inline(__always)
  static func metaSet(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    w.pointee.counters.commandMeta &+= 1
    let request = op.pointee.request
    let arguments = MetaArguments(request, in: op.pointee.input)
    let pool = op.pointee.pool
    let length = Int(request.dataLength)
    if pool.pointee.exceedsLimit(
      keyLength: op.pointee.key.count, valueLength: length, clientFlags: arguments.clientFlags)
    {
      return refuseTooLarge(w, op, deletes: true)
    }
    w.pointee.counters.commandSet &+= 1
    if w.pointee.detail { PrefixStatistics.recordSet(w, op.pointee.key) }
    var outcome = MetaSetOutcome(code: "HD", length: length)
    if arguments.mode == .append || arguments.mode == .prepend {
      if !metaExtend(w, op, arguments, &outcome) { return refuseNoMemory(w, op) }
    } else {
      let now = w.pointee.now
      var locked = pool.pointee.pool.lockForWrite(op.pointee.key, now: now)
      var info = ItemInfo(
        clientFlags: arguments.clientFlags, expiry: pool.pointee.expiry(arguments.ttl, now: now),
        cas: arguments.explicitCAS, binaryKey: request.has(MetaFlag.base64Key),
        exempt: arguments.mode == .add && !w.pointee.permit.addActsAsSet, stamp: w.pointee.permit.stamp)
      if arguments.mode != .set || request.has(MetaFlag.compareCAS) {
        metaCondition(w, op, arguments, &locked, &info, &outcome)
      }
      if outcome.isStored {
        if !put(w, op, &locked, info) {
          _ = consume locked
          return refuseNoMemory(w, op)
        }
        w.pointee.effect = arguments.mode == .add ? .added : .stored
        if request.has(MetaFlag.returnCAS) { outcome.cas = op.pointee.cas(of: &locked) }
      }
    }
    if outcome.isStored && request.has(MetaFlag.quiet) { return }
    writeOutcome(w, op, outcome)
  }

  @inline(__always)
  private static func writeOutcome(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ outcome: MetaSetOutcome
  ) {
    var r = ReplyCursor(w.pointee.out)
    r.text(outcome.code)
    var order = op.pointee.request.replyOrder
    while let wanted = order.next() {
      switch wanted {
      case .opaque: r.opaque(op.pointee.bytes(op.pointee.request.opaque))
      case .key: writeKey(op, isBinary: op.pointee.request.has(MetaFlag.base64Key), &r)
      case .cas:
        r.flag(0x63)
        r.number(outcome.cas)
      case .size:
        r.flag(0x73)
        r.number(outcome.length)
      default: break
      }
    }
    r.endLine()
    w.pointee.out = r.p
  }

  /// Modes E, R and S with a CAS: what stands against storing, or that an older CAS stores a stale value.
  @inline(never)
  private static func metaCondition(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ arguments: MetaArguments,
    _ locked: inout LockedKey, _ info: inout ItemInfo, _ outcome: inout MetaSetOutcome
  ) {
    let request = op.pointee.request
    if arguments.mode == .add {
      if locked.item != nil && !w.pointee.permit.addActsAsSet {
        locked.recordAccess()
        outcome.code = "NS"
      }
      return
    }
    guard let item = locked.item else {
      // The holder of the lease brings what it was asked for, though the item has expired meanwhile.
      if arguments.mode == .set && w.pointee.permit.isHolder { return }
      if request.has(MetaFlag.compareCAS) {
        w.pointee.counters.casMisses &+= 1
        outcome.code = "NF"
      } else {
        outcome.code = "NS"
      }
      return
    }
    if !request.has(MetaFlag.compareCAS) { return }
    let current = op.pointee.cas(of: &locked)
    if arguments.compareCAS == current {
      w.pointee.counters.casHits &+= 1
    } else if request.has(MetaFlag.invalidate) && arguments.compareCAS != 0 && arguments.compareCAS < current
    {
      // The writer held an older version: its value is served, marked, until somebody recomputes it.
      w.pointee.counters.casHits &+= 1
      info.expiry = item.expiry
      info.stale = true
      info.win = item.hasWin
    } else {
      w.pointee.counters.casBadValue &+= 1
      outcome.code = "EX"
    }
  }

  /// Modes A and P. False: no memory for an item made on a miss.
  @inline(never)
  private static func metaExtend(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ arguments: MetaArguments,
    _ outcome: inout MetaSetOutcome
  ) -> Bool {
    let request = op.pointee.request
    let compare = request.has(MetaFlag.compareCAS) ? arguments.compareCAS : 0
    let info = ItemInfo(
      clientFlags: arguments.clientFlags,
      expiry: op.pointee.pool.pointee.expiry(arguments.vivifyTTL, now: w.pointee.now),
      cas: arguments.explicitCAS, binaryKey: request.has(MetaFlag.base64Key))
    // Another client may make or remove the item between the two looks; it does not go on doing so for ever.
    for _ in 0..<16 {
      switch extend(
        w, op, op.pointee.data, atFront: arguments.mode == .prepend, ifCAS: compare,
        newCAS: arguments.explicitCAS)
      {
      case .stored(let length, let cas):
        outcome.cas = cas
        outcome.length = length
        return true
      case .exists: outcome.code = "EX"
      case .refused: outcome.code = "NS"
      case .missing where request.has(MetaFlag.vivify):
        switch storeIfAbsent(w, op, info) {
        case .stored(let cas):
          outcome.cas = cas
          return true
        case .present: continue
        case .noMemory: return false
        }
      case .missing: outcome.code = "NS"
      }
      return true
    }
    outcome.code = "NS"
    return true
  }
}
