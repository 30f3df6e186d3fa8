import CHearth

/// Whether an item may be seen.
enum Validity {
  /// It may.
  case live
  /// It has expired, and the pool keeps it for readers that take an expired value.
  case expired
  /// It may not: expired, flushed, or of a generation that is over.
  case gone
}

extension Shard {
  /// False: the item may be seen. True: `validity` says more. The common case, in line.
  @inlinable @inline(__always)
  func isDoubtful(_ item: ItemPointer, at location: UInt32, now: UInt32) -> Bool {
    let flags = item.flags
    if flags.isDisjoint(with: .perishable) && !fenceIsUp { return false }
    let expiry = item.expiry
    if expiry != 0 && expiry <= now { return true }
    if fenceIsUp && headers[segmentNumber(location)].incarnation < fence { return true }
    guard flags.contains(.stamp), let table = pool.pointee.generations else { return false }
    return item.stamp != UInt32(truncatingIfNeeded: table.known)
  }

  /// Whether the item may be seen.
  func validity(_ item: ItemPointer, at location: UInt32, now: UInt32) -> Validity {
    if fenceIsUp && headers[segmentNumber(location)].incarnation < fence { return .gone }
    if item.flags.contains(.stamp), let table = pool.pointee.generations,
      table.isVoid(item.stamp, item.key, item.keyLength)
    {
      return .gone
    }
    let expiry = item.expiry
    if expiry == 0 || expiry > now { return .live }
    // A lock that has expired is free, a counter begins anew: nobody is to see an old one.
    if item.flags.contains(.exempt) || expiry <= horizon(now) { return .gone }
    return .expired
  }

  /// Items that expired then or before are gone; those that expired since are kept where the pool serves stale
  /// values.
  func horizon(_ now: UInt32) -> UInt32 {
    let stale = hearth_atomic_load32(pool.staleAddress)
    if stale == 0 || !evicts && isCrowded { return now }
    return now > stale ? now - stale : 0
  }

  /// A pool that never evicts is so full that it would soon refuse writes for the sake of stale values.
  private var isCrowded: Bool {
    liveBytes * 100 > pool.dataCapacity / pool.pointee.geometry.shards * 75
  }
}
