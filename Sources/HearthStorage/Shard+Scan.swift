import CHearth

/// The one routine that is eviction, expiry, compaction and flush: it goes through a segment 64 items at a
/// time and decides about each, then frees the segment.
extension Shard {
  mutating func beginScan(_ number: Int, _ mode: ScanMode) {
    unlinkFromQueue(number)
    headers[number].state = .scanning
    headers[number].isListedSparse = false
    scanSegment = UInt32(number)
    scanOffset = 0
    scanMode = mode
    scanFirstLive = headers[number].liveBytes
    scanKept = 0
    counters.scans += 1
  }

  /// One step: picks a victim if no scan is under way, else handles the next items. False when there is
  /// nothing to win.
  mutating func scanStep(now: UInt32) -> Bool {
    let start = hearth_thread_cpu_ns()
    defer { noteHold(since: start) }
    if scanSegment == 0 {
      guard let (number, mode) = chooseVictim(now: now) else { return false }
      beginScan(number, mode)
    }
    continueScan(now: now)
    return true
  }

  mutating func continueScan(now: UInt32) {
    let number = Int(scanSegment)
    let base = base(of: number)
    let end = headers[number].writeOffset
    var count = 0
    while count < Shard.scanBatch && scanOffset < end {
      let item = ItemPointer(base + Int(scanOffset))
      let flags = item.flags
      if !flags.contains(.dead) {
        let hash = flags.contains(.part) ? item.partOwner : hearth_hash(item.key, item.keyLength)
        hearth_prefetch(home(hash))
        scanOffsets[count] = scanOffset
        scanHashes[count] = hash
        count += 1
      }
      scanOffset += UInt32(item.size)
    }
    counters.scanned += UInt64(count)
    for i in 0..<count {
      let location = location(segment: number, offset: Int(scanOffsets[i]))
      decide(ItemPointer(base + Int(scanOffsets[i])), hash: scanHashes[i], at: location, now: now)
    }
    if scanOffset >= end { finishScan(number) }
  }

  private mutating func finishScan(_ number: Int) {
    scanSegment = 0
    if scanMode == .small || scanMode == .main {
      fruitlessScans = scanKept * 10 > Int(scanFirstLive) * 9 ? fruitlessScans + 1 : 0
    }
    if headers[number].pins > 0 || headers[number].liveItems > 0 {
      headers[number].state = .draining
      // Without a pin the living could not be copied for want of room: back to the queue.
      if headers[number].pins == 0 {
        headers[number].pins = 1
        unpin(number)
      }
    } else {
      recycle(number)
    }
  }

  private mutating func decide(_ item: ItemPointer, hash: UInt64, at location: UInt32, now: UInt32) {
    let flags = item.flags
    if flags.contains(.dead) { return }
    if flags.contains(.part) { return decidePart(item, hash: hash, at: location, now: now) }
    guard let slot = find(hash: hash, location: location) else { return }
    if let reason = endOfLife(item, at: location, now: now) {
      return unlink(slot, hash: hash, because: reason)
    }
    if scanMode == .expire || scanMode == .compact {
      if move(item, slot, to: headers[segmentNumber(location)].queue, now: now) {
        counters.compacted += 1
      } else if evicts {
        evict(item, slot, hash: hash, now: now)
      }
      return
    }
    if deserves(slot, bytes: item.size + (flags.contains(.large) ? item.valueLength : 0)),
      move(item, slot, to: .main, now: now)
    {
      // `move` keeps the count of hits: it begins anew in the main queue, and falls by one in it.
      if scanMode == .small {
        slot.frequency = 0
        counters.promoted += 1
      } else {
        slot.frequency -= 1
        counters.reinserted += 1
      }
      return
    }
    evict(item, slot, hash: hash, now: now)
  }

  /// Why the item must go whatever its merits; nil: it may stay. Under pressure expired items that are kept to be
  /// served stale are the first to go. The stamp of what stays is renewed.
  private func endOfLife(_ item: ItemPointer, at location: UInt32, now: UInt32) -> Unlinking? {
    if item.flags.contains(.stamp), let table = pool.pointee.generations, !renewStamp(item, table) {
      return .flushed
    }
    if !isDoubtful(item, at: location, now: now) { return nil }
    switch validity(item, at: location, now: now) {
    case .live: return nil
    case .expired: return scanMode == .compact && evicts ? nil : .expired
    case .gone: return item.expiry != 0 && item.expiry <= now ? .expired : .flushed
    }
  }

  /// At least one hit; a larger item needs more in proportion to the square root of its size. When scan after
  /// scan kept nearly everything, the bar rises, so that a writer never waits for a whole queue to age.
  private func deserves(_ slot: Slot, bytes: Int) -> Bool {
    let hits = Int(slot.frequency)
    return hits > fruitlessScans / 8 && hits * hits * max(meanItemBytes, 64) >= bytes
  }

  private mutating func evict(_ item: ItemPointer, _ slot: Slot, hash: UInt64, now: UInt32) {
    counters.lastEvictedAge = now &- item.lastAccess
    if scanMode == .small { remember(hash) }
    unlink(slot, hash: hash, because: .evicted)
  }

  /// A part goes as its item goes: judged by the item's hits, and copied if the item stays.
  private mutating func decidePart(_ part: ItemPointer, hash: UInt64, at location: UInt32, now: UInt32) {
    // Without an owner it belongs to a writer that has not finished: its pin keeps the segment.
    guard let (slot, i) = findOwner(hash: hash, part: location) else { return }
    let head = item(slot.location)
    if let reason = endOfLife(head, at: slot.location, now: now) {
      return unlink(slot, hash: hash, because: reason)
    }
    let number = segmentNumber(location)
    let headSegment = headers[segmentNumber(slot.location)]
    // Parts are written just before their head. A head that stands far behind was judged since and moved on.
    let isUndecided = headSegment.incarnation <= headers[number].incarnation + 8
    if evicts && isUndecided && (scanMode == .small || scanMode == .main) && slot.frequency == 0 {
      return evict(head, slot, hash: hash, now: now)
    }
    let queue: Queue = scanMode == .small ? .main : headers[number].queue
    guard let (copies, count) = copyPart(part, of: head, hash: hash, to: queue, now: now) else {
      if evicts { evict(head, slot, hash: hash, now: now) }
      return
    }
    kill(part, at: location, freeLarge: false)
    var descriptor = LargeDescriptor(at: head.value)
    descriptor.replace(i, with: copies, count: count)
    descriptor.store(at: head.value)
  }

  /// Copies a part's bytes to the tail of a queue, in more than one piece if that fills segments. Nil: no room,
  /// nothing changed.
  private mutating func copyPart(
    _ part: ItemPointer, of head: ItemPointer, hash: UInt64, to queue: Queue, now: UInt32
  ) -> (InlineArray<8, UInt32>, Int)? {
    var copies = InlineArray<8, UInt32>(repeating: 0)
    var count = 0
    var done = 0
    let spare = LargeDescriptor.maximumParts - Int(LargeDescriptor(at: head.value).partCount)
    while done < part.valueLength {
      let location = appendPart(
        upTo: part.valueLength - done, owner: hash, queue, expiry: head.expiry, maySplit: count < spare,
        now: now, keep: 0)
      guard let location else {
        for i in 0..<count { kill(item(copies[i]), at: copies[i], freeLarge: false) }
        return nil
      }
      let copy = item(location)
      copy.partData.copyMemory(from: part.partData + done, byteCount: copy.valueLength)
      copies[count] = location
      count += 1
      done += copy.valueLength
    }
    return (copies, count)
  }

  /// Copies an item to the tail of a queue, by its remaining lifetime. False without room.
  private mutating func move(_ item: ItemPointer, _ slot: Slot, to queue: Queue, now: UInt32) -> Bool {
    let from = slot.location
    let expiry = item.expiry
    let ttlClass = TTLClass.of(expiry: expiry, now: now)
    let size = item.size
    guard let number = room(size + 8, queue, ttlClass, now: now, keep: 0) else { return false }
    let cas = cas(of: item, at: from)
    let derived = derivedCAS(
      location: location(segment: number, offset: Int(headers[number].writeOffset)), mutations: 0)
    let needsExplicit =
      !item.flags.contains(.explicitCAS) && (item.flags.contains(.casSeen) || derived < cas)
    let newSize = needsExplicit ? ItemPointer.aligned(size + 8) : size
    let to = append(number, size: newSize, expiry: expiry)
    let copy = self.item(to)
    if needsExplicit {
      let front = item.casOffset
      copy.raw.copyMemory(from: item.raw, byteCount: front)
      (copy.raw + front + 8).copyMemory(from: item.raw + front, byteCount: size - front)
      copy.flags.insert(.explicitCAS)
      copy.explicitCAS = cas
    } else {
      copy.raw.copyMemory(from: item.raw, byteCount: size)
      if !item.flags.contains(.explicitCAS) { copy.mutations = 0 }
    }
    slot.location = to
    liveItems += 1
    scanKept += newSize
    kill(item, at: from, freeLarge: false)
    return true
  }
}
