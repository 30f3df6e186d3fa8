import CHearth
import HearthNet
import HearthProtocol
import HearthStorage

/// How storing under a key that should be absent ended.
enum AbsentStoreOutcome {
  case stored(cas: UInt64)
  /// Somebody made the item meanwhile.
  case present
  case noMemory
}

extension Worker {
  /// Stores the request's value, of any size, if the key is absent still.
  static func storeIfAbsent(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ info: ItemInfo
  ) -> AbsentStoreOutcome {
    let pool = op.pointee.pool.pointee.pool
    let data = op.pointee.data
    if data.count <= pool.inlineLimit {
      var locked = pool.lockForWrite(op.pointee.key, now: w.pointee.now)
      if locked.item != nil { return .present }
      if !locked.put(data, info) { return .noMemory }
      w.pointee.effect = .added
      return .stored(cas: op.pointee.cas(of: &locked))
    }
    guard var writer = pool.beginLarge(op.pointee.key, length: data.count, now: w.pointee.now) else {
      return .noMemory
    }
    if !LargeBody.fill(&writer, data) { return .noMemory }
    return putIfAbsent(w, op, writer, info)
  }

  private static func putIfAbsent(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ writer: consuming LargeWriter,
    _ info: ItemInfo
  ) -> AbsentStoreOutcome {
    var locked = op.pointee.pool.pointee.pool.lockForWrite(op.pointee.key, now: w.pointee.now)
    if locked.item == nil {
      if !locked.put(writer, info) { return .noMemory }
      w.pointee.effect = .added
      return .stored(cas: op.pointee.cas(of: &locked))
    }
    // The lock must go before the writer gives its segments back under the same lock.
    _ = consume locked
    _ = consume writer
    return .present
  }
}
