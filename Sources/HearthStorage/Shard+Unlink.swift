import CHearth

/// Why an item leaves the index.
enum Unlinking {
  case removed
  case replaced
  case moved
  case expired
  case flushed
  case evicted
}

extension Shard {
  /// Takes an item out of the index and marks it dead. Its bytes come back with its segment.
  mutating func unlink(_ slot: Slot, hash: UInt64, because reason: Unlinking) {
    let location = slot.location
    let item = item(location)
    erase(slot, hash: hash)
    count(item, reason)
    kill(item, at: location, freeLarge: true)
  }

  private mutating func count(_ item: ItemPointer, _ reason: Unlinking) {
    let fetched = item.flags.contains(.fetched)
    switch reason {
    case .removed, .replaced, .moved: break
    case .flushed:
      counters.flushed += 1
    case .expired:
      counters.reclaimed += 1
      if !fetched { counters.expiredUnfetched += 1 }
    case .evicted:
      counters.evictions += 1
      if !fetched { counters.evictedUnfetched += 1 }
      if item.flags.contains(.expiry) { counters.evictedExpiring += 1 }
    }
  }

  /// Marks an item's bytes dead; the index no longer points to them.
  mutating func kill(_ item: ItemPointer, at location: UInt32, freeLarge: Bool) {
    let size = item.size
    if freeLarge && item.flags.contains(.large) { freeLargeValue(LargeDescriptor(at: item.value)) }
    item.flags.insert(.dead)
    let number = segmentNumber(location)
    headers[number].liveBytes -= UInt32(size)
    headers[number].liveItems -= 1
    liveBytes -= size
    if !item.flags.contains(.part) { liveItems -= 1 }
    noticeDeath(number)
  }

  // ---- large values

  mutating func freeLargeValue(_ descriptor: LargeDescriptor) {
    for i in 0..<Int(descriptor.partCount) {
      let location = descriptor.part(i)
      kill(item(location), at: location, freeLarge: false)
    }
    if descriptor.segmentCount == 0 { return }
    if headers[Int(descriptor.firstSegment)].pins > 0 {
      headers[Int(descriptor.firstSegment)].state = .largeDying
    } else {
      freeChain(descriptor.firstSegment)
    }
  }

  /// Frees the whole segments of a large value.
  mutating func freeChain(_ first: UInt32) {
    var number = first
    while number != 0 {
      let next = headers[Int(number)].next
      largeSegments -= 1
      liveBytes -= segmentSize
      recycle(Int(number))
      number = next
    }
  }

  // ---- pins

  /// Undoes one pin; what waited for it is freed.
  mutating func unpin(_ number: Int) {
    headers[number].pins -= 1
    if headers[number].pins > 0 { return }
    switch headers[number].state {
    case .largeDying: freeChain(UInt32(number))
    case .draining:
      if headers[number].liveItems == 0 {
        recycle(number)
      } else {
        rejoinQueue(number)
      }
    case .sealed: noticeDeath(number)
    default: break
    }
  }

  /// A segment that was scanned while an unfinished writer held a part in it goes back to its queue.
  private mutating func rejoinQueue(_ number: Int) {
    headers[number].isListedSparse = false
    if headers[number].queue == .small {
      openCount.0 += 1
      queueCount.0 += 1
    } else {
      openCount.1 += 1
      queueCount.1 += 1
    }
    seal(number)
  }
}
