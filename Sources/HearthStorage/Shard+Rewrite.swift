import CHearth

/// Changes that keep the value but may need another layout of the item.
extension Shard {
  /// Another expiry, the same CAS. In place where the segment suits it, else the item is copied to a segment
  /// of its new class. Nil: out of memory.
  mutating func changeExpiry(_ slot: Slot, _ expiry: UInt32, now: UInt32) -> Slot? {
    let item = item(slot.location)
    let number = segmentNumber(slot.location)
    if item.flags.contains(.expiry) && expiry != 0 && suits(number, expiry)
      && item.flags.contains(.life) == extraFields.contains(.life)
    {
      item.setExpiry(expiry)
      if item.flags.contains(.life) { item.setLife(expiry &- min(now, expiry)) }
      noteExpiry(number, expiry)
      return slot
    }
    let cas = cas(of: item, at: slot.location)
    if let rewritten = rewrite(slot, expiry: expiry, cas: cas, now: now) { return rewritten }
    guard item.flags.contains(.expiry) && expiry != 0 else { return nil }
    item.setExpiry(expiry)
    noteExpiry(number, expiry)
    return slot
  }

  /// Copies the item to the tail of its queue with this expiry and explicit CAS. Nil: out of memory.
  mutating func rewrite(_ slot: Slot, expiry: UInt32, cas: UInt64, now: UInt32) -> Slot? {
    let from = slot.location
    let old = item(from)
    var flags = old.flags
    flags.insert(.explicitCAS)
    if expiry != 0 { flags.insert(.expiry) } else { flags.remove(.expiry) }
    if expiry != 0 && extraFields.contains(.life) { flags.insert(.life) } else { flags.remove(.life) }
    let stored = old.storedValueBytes
    let size = ItemPointer.aligned(12 + flags.optionBytes + old.keyLength + stored)
    let queue = headers[segmentNumber(from)].queue
    let ttlClass = TTLClass.of(expiry: expiry, now: now)
    guard evicts || fits(growth: size - old.size),
      let number = room(size, queue, ttlClass, now: now, keep: reserve - 1)
    else { return nil }
    let to = append(number, size: size, expiry: expiry)
    let copy = item(to)
    copy.keyLength = old.keyLength
    copy.mutations = 0
    copy.valueLength = old.valueLength
    copy.lastAccess = old.lastAccess
    copy.flags = flags
    if expiry != 0 { copy.setExpiry(expiry) }
    if flags.contains(.clientFlags) { copy.setClientFlags(old.clientFlags) }
    if flags.contains(.life) {
      copy.setLife(expiry == old.expiry && old.life != 0 ? old.life : expiry &- min(now, expiry))
    }
    copy.explicitCAS = cas
    copy.key.copyMemory(from: old.key, byteCount: old.keyLength + stored)
    if flags.contains(.stamp), let table = pool.pointee.generations {
      copy.setStamp(old.stamp)
      _ = renewStamp(copy, table)
    }
    slot.location = to
    liveItems += 1
    kill(old, at: from, freeLarge: false)
    return slot
  }
}
