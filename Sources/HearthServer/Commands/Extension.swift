import CHearth
import Glibc
import HearthNet
import HearthProtocol
import HearthStorage

/// How an append or prepend ended.
enum ExtensionOutcome {
  /// Stored; the new length and, when it was asked for, the CAS.
  case stored(length: Int, cas: UInt64)
  case missing
  /// The CAS is another.
  case exists
  /// The result would be larger than an item may be, or there is no memory: memcached answers both alike.
  case refused
}

extension Worker {
  /// append, prepend. Flags and exptime of the request are ignored, the item keeps its own.
  static func extend(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    if op.pointee.pool.pointee.exceedsLimit(
      keyLength: op.pointee.key.count, valueLength: Int(op.pointee.request.dataLength),
      clientFlags: op.pointee.request.clientFlags)
    {
      return refuseTooLarge(w, op, deletes: false)
    }
    w.pointee.counters.commandSet &+= 1
    if w.pointee.detail { PrefixStatistics.recordSet(w, op.pointee.key) }
    let outcome = extend(
      w, op, op.pointee.data, atFront: op.pointee.request.verb == .prepend, ifCAS: 0, newCAS: 0)
    if case .stored = outcome { answer(w, op, "STORED\r\n") } else { answer(w, op, "NOT_STORED\r\n") }
  }

  /// Adds bytes to the value of the key. `ifCAS` 0: whatever its CAS.
  static func extend(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ addition: UnsafeRawBufferPointer,
    atFront: Bool,
    ifCAS: UInt64, newCAS: UInt64
  ) -> ExtensionOutcome {
    let pool = op.pointee.pool
    var locked = pool.pointee.pool.lockForWrite(op.pointee.key, now: w.pointee.now)
    guard let item = locked.item else { return .missing }
    if ifCAS != 0, op.pointee.cas(of: &locked) != ifCAS { return .exists }
    let total = item.valueLength + addition.count
    if pool.pointee.exceedsLimit(
      keyLength: op.pointee.key.count, valueLength: total, clientFlags: item.clientFlags)
    {
      return .refused
    }
    if item.isLarge || total > pool.pointee.pool.inlineLimit {
      _ = consume locked
      return extendLarge(w, op, addition, atFront: atFront, ifCAS: ifCAS, newCAS: newCAS)
    }
    let info = keeping(item, cas: newCAS)
    let stored =
      atFront ? locked.put(addition, item.value, info) : locked.put(item.value, addition, info)
    if !stored { return .refused }
    w.pointee.effect = .extended
    return .stored(length: total, cas: op.pointee.cas(of: &locked))
  }

  /// What a changed value keeps of its item.
  static func keeping(_ item: Item, cas: UInt64 = 0, marks: Bool = false) -> ItemInfo {
    ItemInfo(
      clientFlags: item.clientFlags, expiry: item.expiry, cas: cas, binaryKey: item.isBinaryKey,
      stale: marks && item.isStale, win: marks && item.hasWin,
      life: item.life)
  }

  /// The old value or the result is a large one: it is written outside the lock, then put in place if nobody
  /// changed the key meanwhile. Those who extend one key take turns, so that only whole new values can be in the
  /// way; after some attempts in vain the command is refused.
  private static func extendLarge(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ addition: UnsafeRawBufferPointer,
    atFront: Bool,
    ifCAS: UInt64, newCAS: UInt64
  ) -> ExtensionOutcome {
    w.pointee.server.pointee.extensionTurns.take(op.pointee.key.hash) {
      for _ in 0..<16 {
        switch tryExtendLarge(w, op, addition, atFront: atFront, ifCAS: ifCAS, newCAS: newCAS) {
        case .done(let outcome): return outcome
        case .changedMeanwhile: continue
        }
      }
      return .refused
    }
  }

  private enum Attempt {
    case done(ExtensionOutcome)
    case changedMeanwhile
  }

  private static func tryExtendLarge(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ addition: UnsafeRawBufferPointer,
    atFront: Bool,
    ifCAS: UInt64, newCAS: UInt64
  ) -> Attempt {
    let pool = op.pointee.pool
    var locked = pool.pointee.pool.lock(op.pointee.key, now: w.pointee.now)
    guard let item = locked.item else { return .done(.missing) }
    let cas = locked.observeCAS()
    if ifCAS != 0, cas != ifCAS { return .done(.exists) }
    let info = keeping(item, cas: newCAS)
    let oldLength = item.valueLength
    let total = oldLength + addition.count
    if pool.pointee.exceedsLimit(
      keyLength: op.pointee.key.count, valueLength: total, clientFlags: item.clientFlags)
    {
      return .done(.refused)
    }
    var pinned: PinnedValue?
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: item.isLarge ? 0 : oldLength, alignment: 16)
    defer { copy.deallocate() }
    if item.isLarge { pinned = locked.pin() } else { copy.copyMemory(from: item.value) }
    _ = consume locked
    defer { pinned?.release() }

    guard var writer = pool.pointee.pool.beginLarge(op.pointee.key, length: total, now: w.pointee.now) else {
      return .done(.refused)
    }
    if atFront, !LargeBody.fill(&writer, addition) { return .done(.refused) }
    if pinned != nil {
      var offset = 0
      while offset < oldLength {
        guard let piece = pinned?.piece(at: offset) else { break }
        let part = UnsafeRawBufferPointer(
          start: piece.baseAddress, count: min(piece.count, oldLength - offset))
        if !LargeBody.fill(&writer, part) { return .done(.refused) }
        offset += part.count
      }
    } else if !LargeBody.fill(&writer, UnsafeRawBufferPointer(copy)) {
      return .done(.refused)
    }
    if !atFront, !LargeBody.fill(&writer, addition) { return .done(.refused) }
    return finishExtension(w, op, writer, info, ifStill: cas, total)
  }

  private static func finishExtension(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ writer: consuming LargeWriter,
    _ info: ItemInfo,
    ifStill cas: UInt64, _ total: Int
  ) -> Attempt {
    if isUnchanged(w, op, cas) {
      var locked = op.pointee.pool.pointee.pool.lockForWrite(op.pointee.key, now: w.pointee.now)
      if locked.item != nil, locked.observeCAS() == cas {
        if !locked.put(writer, info) { return .done(.refused) }
        w.pointee.effect = .extended
        return .done(.stored(length: total, cas: op.pointee.cas(of: &locked)))
      }
      // The lock must go before the writer gives its segments back under the same lock.
      _ = consume locked
    }
    _ = consume writer
    return .changedMeanwhile
  }

  private static func isUnchanged(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ cas: UInt64
  ) -> Bool {
    var locked = op.pointee.pool.pointee.pool.lock(op.pointee.key, now: w.pointee.now)
    return locked.item != nil && locked.observeCAS() == cas
  }
}
