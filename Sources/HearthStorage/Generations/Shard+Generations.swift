import CHearth

/// Stamps of items.
extension Shard {
  /// The stamp of an item that is written now. A lease holder's is as old as its lease, but for a valid one that
  /// is the same as new, and new is what the sweep may forget groups by. A copy's is what it is at its primary.
  func stamp(_ info: ItemInfo, _ key: UnsafeRawPointer, _ count: Int, _ table: GenerationPointer) -> UInt32 {
    if info.isCopy {
      let stamp = UInt32(truncatingIfNeeded: info.stamp)
      table.see(table.expand(stamp, near: table.known))
      return stamp
    }
    let clock = table.clock
    if info.stamp != 0 && info.stamp < clock && table.wasBumped(since: info.stamp, key, count) {
      // Born void: older than the bump. Younger than 2^32 bumps, as the leases end.
      return UInt32(truncatingIfNeeded: info.stamp)
    }
    return UInt32(truncatingIfNeeded: clock)
  }

  /// Renews the stamp of an item if it is valid. False: it is void.
  func renewStamp(_ item: ItemPointer, _ table: GenerationPointer) -> Bool {
    // Read before the test: a bump in between leaves the item as old as it was before it.
    renewStamp(item, table, to: table.clock)
  }

  /// The same up to a number, all bumps before which are known.
  private func renewStamp(_ item: ItemPointer, _ table: GenerationPointer, to number: UInt64) -> Bool {
    if table.isVoid(item.stamp, item.key, item.keyLength) { return false }
    if table.expand(item.stamp, near: table.known) < number {
      item.setStamp(UInt32(truncatingIfNeeded: number))
    }
    return true
  }

  /// Renews or removes the items of one segment from `offset` on, 64 at most. False at the segment's end.
  mutating func sweepGenerations(_ number: Int, from offset: inout Int, _ table: GenerationPointer) -> Bool {
    switch headers[number].state {
    case .open, .sealed, .scanning, .draining: break
    default: return false
    }
    let base = base(of: number)
    var count = 0
    while count < Shard.scanBatch && offset < Int(headers[number].writeOffset) {
      let item = ItemPointer(base + offset)
      let flags = item.flags
      let size = item.size
      if !flags.contains(.dead) && !flags.contains(.part) && flags.contains(.stamp),
        !renewStamp(item, table, to: table.pointee.sweep.clock)
      {
        let hash = hearth_hash(item.key, item.keyLength)
        if let slot = find(hash: hash, location: location(segment: number, offset: offset)) {
          unlink(slot, hash: hash, because: .flushed)
          // The last item of a sealed segment takes the segment with it.
          if headers[number].writeOffset == 0 { return false }
        }
      }
      offset += size
      count += 1
    }
    return offset < Int(headers[number].writeOffset)
  }
}
