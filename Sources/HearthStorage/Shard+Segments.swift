import CHearth
import Glibc

/// The life of a segment: unused, free, open, sealed, scanning, and free again.
extension Shard {
  /// Number of a segment that holds no memory yet. Nil when the region is used up.
  mutating func takeUnused() -> UInt32? {
    if releasedHead != 0 {
      let number = releasedHead
      releasedHead = headers[Int(number)].next
      return number
    }
    if Int(nextVirgin) >= pool.pointee.geometry.segmentsPerShard { return nil }
    nextVirgin += 1
    // Half of a huge page is used up: the next one should be there in time.
    let perPage = pool.pointee.geometry.segmentsPerHugePage
    if pool.pointee.geometry.usesHugePages, Int(nextVirgin - 1) % perPage == perPage / 2 {
      sem_post(pool.pointee.preparation)
    }
    return nextVirgin - 1
  }

  /// Takes over a segment whose memory was charged.
  mutating func adopt(_ number: UInt32) {
    segmentCount += 1
    pushFree(number)
  }

  private mutating func pushFree(_ number: UInt32) {
    headers[Int(number)].state = .free
    headers[Int(number)].next = freeHead
    freeHead = number
    freeCount += 1
  }

  mutating func popFree() -> UInt32? {
    if freeHead == 0 { return nil }
    let number = freeHead
    freeHead = headers[Int(number)].next
    freeCount -= 1
    return number
  }

  /// Gives a free segment's memory back to the system and to the pool's account.
  mutating func releaseOne() {
    guard let number = popFree() else { return }
    _ = hearth_release(base(of: Int(number)), segmentSize)
    headers[Int(number)].state = .unused
    headers[Int(number)].next = releasedHead
    releasedHead = number
    segmentCount -= 1
    _ = hearth_atomic_add64(pool.usedAddress, 0 &- UInt64(segmentSize))
  }

  /// A segment that nothing points into becomes free.
  mutating func recycle(_ number: Int) {
    let incarnation = headers[number].incarnation
    headers[number] = SegmentHeader()
    headers[number].incarnation = incarnation
    pushFree(UInt32(number))
  }

  // ---- open segments

  func openNumber(_ queue: Queue, _ ttlClass: Int) -> UInt32 {
    open[Int(queue.rawValue) * TTLClass.count + ttlClass]
  }

  private func setOpen(_ queue: Queue, _ ttlClass: Int, _ number: UInt32) {
    open[Int(queue.rawValue) * TTLClass.count + ttlClass] = number
  }

  /// Open segments allowed per queue: together at most a sixteenth of the shard, the small queue two thirds.
  private func openLimit(_ queue: Queue) -> Int {
    let all = max(segmentCount, 32) / 16
    return queue == .small ? max(2, all * 2 / 3) : max(2, all / 3)
  }

  /// Opens a free segment for a class; the caller knows that there is one.
  mutating func openSegment(_ queue: Queue, _ ttlClass: Int, now: UInt32) -> Int? {
    guard let number = popFree() else { return nil }
    var header = SegmentHeader()
    header.incarnation = nextIncarnation
    nextIncarnation += 1
    header.state = .open
    header.queue = queue
    header.ttlClass = UInt8(ttlClass)
    header.created = now
    headers[Int(number)] = header
    setOpen(queue, ttlClass, number)
    if queue == .small {
      openCount.0 += 1
      queueCount.0 += 1
    } else {
      openCount.1 += 1
      queueCount.1 += 1
    }
    return Int(number)
  }

  /// Closes an open segment for writing; it joins the tail of its queue.
  mutating func seal(_ number: Int) {
    let queue = headers[number].queue
    let ttlClass = Int(headers[number].ttlClass)
    if openNumber(queue, ttlClass) == UInt32(number) { setOpen(queue, ttlClass, 0) }
    if queue == .small { openCount.0 -= 1 } else { openCount.1 -= 1 }
    headers[number].state = .sealed
    let tail = queue == .small ? queueTail.0 : queueTail.1
    headers[number].next = 0
    headers[number].previous = tail
    if tail != 0 { headers[Int(tail)].next = UInt32(number) }
    if queue == .small {
      queueTail.0 = UInt32(number)
      if queueHead.0 == 0 { queueHead.0 = UInt32(number) }
    } else {
      queueTail.1 = UInt32(number)
      if queueHead.1 == 0 { queueHead.1 = UInt32(number) }
    }
    noticeDeath(number)
  }

  /// Takes a sealed segment out of its queue.
  mutating func unlinkFromQueue(_ number: Int) {
    let header = headers[number]
    if header.previous != 0 {
      headers[Int(header.previous)].next = header.next
    } else if header.queue == .small {
      queueHead.0 = header.next
    } else {
      queueHead.1 = header.next
    }
    if header.next != 0 {
      headers[Int(header.next)].previous = header.previous
    } else if header.queue == .small {
      queueTail.0 = header.previous
    } else {
      queueTail.1 = header.previous
    }
    headers[number].next = 0
    headers[number].previous = 0
    if header.queue == .small { queueCount.0 -= 1 } else { queueCount.1 -= 1 }
  }

  /// Called when items of a segment died: an empty sealed segment is free at once, a sparse one is listed.
  mutating func noticeDeath(_ number: Int) {
    let header = headers[number]
    guard header.state == .sealed else { return }
    if header.liveItems == 0 && header.pins == 0 {
      unlinkFromQueue(number)
      recycle(number)
    } else if !header.isListedSparse && Int(header.liveBytes) * 10 < segmentSize * 6 {
      headers[number].isListedSparse = true
      sparse[sparseCount] = UInt32(number)
      sparseCount += 1
      if sparseCount == pool.pointee.geometry.segmentsPerShard { pruneSparse() }
    }
  }

  /// Drops list entries whose segment has been freed or reused since.
  private mutating func pruneSparse() {
    var kept = 0
    for i in 0..<sparseCount {
      let number = sparse[i]
      let header = headers[Int(number)]
      if header.state == .sealed && header.isListedSparse {
        // Taken off for the moment, so that a second entry is dropped.
        headers[Int(number)].isListedSparse = false
        sparse[kept] = number
        kept += 1
      }
    }
    for i in 0..<kept { headers[Int(sparse[i])].isListedSparse = true }
    sparseCount = kept
  }

  // ---- room in an open segment

  /// Finds room for `size` bytes in the open segment of the class, opening or merging classes as needed.
  /// Nil when that takes a free segment and there are none, or only those kept for the scan.
  mutating func room(_ size: Int, _ queue: Queue, _ wanted: Int, now: UInt32, keep: Int) -> Int? {
    if let number = openWithRoom(size, queue, wanted, now: now) { return number }
    if openNumber(queue, wanted) == 0 && wanted != 0 {
      let count = queue == .small ? openCount.0 : openCount.1
      if count >= openLimit(queue) || freeCount <= keep,
        let number = neighbour(size, queue, wanted, now: now)
      {
        return number
      }
    }
    if freeCount <= keep { return neighbour(size, queue, wanted, now: now) }
    return openSegment(queue, wanted, now: now)
  }

  private mutating func openWithRoom(_ size: Int, _ queue: Queue, _ ttlClass: Int, now: UInt32) -> Int? {
    let number = Int(openNumber(queue, ttlClass))
    if number == 0 { return nil }
    if Int(headers[number].writeOffset) + size > segmentSize || isPastItsTime(number, now: now) {
      seal(number)
      return nil
    }
    return number
  }

  /// A segment that stays open long mixes early and late expiries: it is closed after 2 % of its lifetime
  /// when half full, after 6 % when an eighth full.
  private func isPastItsTime(_ number: Int, now: UInt32) -> Bool {
    let header = headers[number]
    if header.ttlClass == 0 { return false }
    let age = now &- header.created
    let ttl = TTLClass.lowerBound(Int(header.ttlClass))
    if age < 2 { return false }
    if age > ttl / 50 && Int(header.writeOffset) * 2 > segmentSize { return true }
    return age > ttl / 16 && Int(header.writeOffset) * 8 > segmentSize
  }

  /// An open segment of the next longer class, else of the next shorter, that has room.
  private func neighbour(_ size: Int, _ queue: Queue, _ wanted: Int, now: UInt32) -> Int? {
    func usable(_ ttlClass: Int) -> Int? {
      let number = Int(openNumber(queue, ttlClass))
      if number == 0 || Int(headers[number].writeOffset) + size > segmentSize { return nil }
      return number
    }
    if wanted != 0 {
      for ttlClass in (wanted + 1)..<max(TTLClass.count, wanted + 1) {
        if let number = usable(ttlClass) { return number }
      }
      for ttlClass in stride(from: wanted, to: 0, by: -1) {
        if let number = usable(ttlClass) { return number }
      }
    }
    if let number = usable(0) { return number }
    for ttlClass in stride(from: TTLClass.count - 1, to: 0, by: -1) {
      if let number = usable(ttlClass) { return number }
    }
    return nil
  }

  /// Accounts for `size` bytes appended at the segment's write offset; returns their location.
  mutating func append(_ number: Int, size: Int, expiry: UInt32) -> UInt32 {
    let at = Int(headers[number].writeOffset)
    headers[number].writeOffset += UInt32(size)
    headers[number].liveBytes += UInt32(size)
    headers[number].liveItems += 1
    headers[number].totalItems += 1
    if expiry == 0 {
      headers[number].maxExpiry = .max
    } else {
      noteExpiry(number, expiry)
    }
    liveBytes += size
    return location(segment: number, offset: at)
  }

  func noteExpiry(_ number: Int, _ expiry: UInt32) {
    if expiry > headers[number].maxExpiry { headers[number].maxExpiry = expiry }
    if expiry < headers[number].minExpiry { headers[number].minExpiry = expiry }
    let mean = Int64(headers[number].meanExpiry)
    let step = mean == 0 ? Int64(expiry) : (Int64(expiry) - mean) / Int64(max(headers[number].totalItems, 1))
    headers[number].meanExpiry = UInt32(mean + step)
  }
}
