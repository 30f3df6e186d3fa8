import CHearth
import HearthNet
import HearthProtocol
import HearthStorage

extension Worker {
  /// Flags of mg that change the item, or need its state before this access.
  private static let elaborate: UInt64 =
    MetaFlag.vivify | MetaFlag.ttl | MetaFlag.recache | MetaFlag.compareCAS | MetaFlag.explicitCAS

  /// mg.
  @inline(__always)
  static func metaGet(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, mark: HerdMark = .none
  ) {
    w.pointee.counters.commandMeta &+= 1
    if op.pointee.request.has(elaborate) { return metaGetElaborately(w, op) }
    var locked = op.pointee.pool.pointee.pool.lock(op.pointee.key, now: w.pointee.now)
    w.pointee.counters.commandGet &+= 1
    if mark.isStale && locked.item == nil { locked.revealExpired() }
    guard let item = locked.item else {
      countMiss(w, locked.absence)
      if w.pointee.detail { PrefixStatistics.recordGet(w, op.pointee.key, hit: false) }
      return metaMiss(w, op)
    }
    w.pointee.counters.getHits &+= 1
    if w.pointee.detail { PrefixStatistics.recordGet(w, op.pointee.key, hit: true) }
    var state = MetaGetState(item)
    state.mark = mark
    if !op.pointee.request.has(MetaFlag.noBump) { locked.recordHit() }
    if metaHit(w, op, &locked, &state, withValue: op.pointee.request.has(MetaFlag.value)) {
      sendLarge(w, locked)
    }
  }

  @inline(never)
  private static func metaGetElaborately(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    let request = op.pointee.request
    let arguments = MetaArguments(request, in: op.pointee.input)
    let pool = op.pointee.pool
    let now = w.pointee.now
    var locked = pool.pointee.pool.lockForWrite(op.pointee.key, now: now)
    var created = false
    if locked.item == nil, request.has(MetaFlag.vivify) {
      let info = ItemInfo(
        expiry: pool.pointee.expiry(arguments.vivifyTTL, now: now), cas: arguments.explicitCAS,
        binaryKey: request.has(MetaFlag.base64Key))
      created = locked.put(UnsafeRawBufferPointer(start: nil, count: 0), info)
    }
    guard let item = locked.item else {
      // A miss with T counts as one of get.
      w.pointee.counters.commandGet &+= 1
      countMiss(w, locked.absence)
      if w.pointee.detail { PrefixStatistics.recordGet(w, op.pointee.key, hit: false) }
      return metaMiss(w, op)
    }
    if request.has(MetaFlag.ttl) {
      w.pointee.counters.commandTouch &+= 1
      w.pointee.counters.touchHits &+= 1
    } else {
      w.pointee.counters.commandGet &+= 1
      w.pointee.counters.getHits &+= 1
    }
    if w.pointee.detail { PrefixStatistics.recordGet(w, op.pointee.key, hit: true) }
    var state = MetaGetState(item)
    state.created = created
    if created {
      state.vivified = item.expiry
      state.expiry = 0
    }
    if request.has(MetaFlag.ttl) {
      state.newExpiry = pool.pointee.expiry(arguments.ttl, now: now)
      let keeps = created && request.replyOrder.vivifiesLast
      if !keeps, !locked.setExpiry(state.newExpiry) { return answer(w, "SERVER_ERROR out of memory\r\n") }
      w.pointee.effect = .touched
    }
    state.recacheBefore = ExpiryTime.absolute(arguments.recacheTTL, now: now)
    if !request.has(MetaFlag.noBump) { locked.recordHit() }
    let same = request.has(MetaFlag.compareCAS) && op.pointee.cas(of: &locked) == arguments.compareCAS
    if metaHit(w, op, &locked, &state, withValue: request.has(MetaFlag.value) && !same) {
      sendLarge(w, locked)
    }
  }

  /// The reply to a hit. True: the value is a large one and is still to come.
  @inline(__always)
  private static func metaHit(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ locked: inout LockedKey,
    _ state: inout MetaGetState, withValue: Bool
  ) -> Bool {
    guard let item = locked.item else { return false }
    var r = ReplyCursor(w.pointee.out)
    if withValue {
      r.text("VA ")
      r.number(item.valueLength)
    } else {
      r.text("HD")
    }
    var order = op.pointee.request.replyOrder
    while let wanted = order.next() { state.write(wanted, op, item, &locked, now: w.pointee.now, &r) }
    if state.mark != .none {
      state.mark.write(&r)
    } else if state.won || item.isStale || item.hasWin {
      writeMarks(w, op, item, &locked, state, &r)
    }
    r.endLine()
    if withValue && !item.isLarge {
      r.bytes(item.value)
      r.endLine()
    }
    w.pointee.out = r.p
    return withValue && item.isLarge
  }

  /// W: this client is to recompute; Z: another one was told to; X: the value is stale.
  @inline(never)
  private static func writeMarks(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ item: Item, _ locked: inout LockedKey,
    _ state: MetaGetState,
    _ r: inout ReplyCursor
  ) {
    var won = state.won
    if item.hasWin { r.flag(0x5a) }
    if item.isStale {
      r.flag(0x58)
      if !item.hasWin { won = true }
    }
    if won {
      w.pointee.effect = .won
      if op.pointee.pool.pointee.rule != nil { w.pointee.wonCAS = op.pointee.cas(of: &locked) }
      r.flag(0x57)
      locked.setMarks(stale: item.isStale, win: true)
    }
  }

  /// mg of a key that is played as a miss.
  static func metaReplyMiss(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    w.pointee.counters.commandMeta &+= 1
    w.pointee.counters.commandGet &+= 1
    countMiss(w, .unknown)
    if w.pointee.detail { PrefixStatistics.recordGet(w, op.pointee.key, hit: false) }
    metaMiss(w, op)
  }

  /// `EN`, with what of the request is echoed; nothing in quiet mode.
  @inline(never)
  static func metaMiss(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    if op.pointee.request.has(MetaFlag.quiet) { return }
    var r = ReplyCursor(w.pointee.out)
    r.text("EN")
    echo(op, &r)
    r.endLine()
    w.pointee.out = r.p
  }

  /// The flags O and k, in the order asked.
  static func echo(_ op: UnsafeMutablePointer<Operation>, _ r: inout ReplyCursor) {
    var order = op.pointee.request.replyOrder
    while let wanted = order.next() {
      if wanted == .opaque { r.opaque(op.pointee.bytes(op.pointee.request.opaque)) }
      if wanted == .key { writeKey(op, isBinary: op.pointee.request.has(MetaFlag.base64Key), &r) }
    }
  }

  /// The flag k with the request's key.
  @inline(__always)
  static func writeKey(_ op: UnsafeMutablePointer<Operation>, isBinary: Bool, _ r: inout ReplyCursor) {
    let key = UnsafeRawBufferPointer(start: op.pointee.key.start, count: op.pointee.key.count)
    r.p = ReplyWriter.key(key, isBinary: isBinary, r.p)
  }
}
