import CHearth

/// What the scan does with the items that are still valid.
enum ScanMode {
  /// Everything has expired or was flushed: unlink, keep what turns out to be valid after all.
  case expire
  /// Copy the living within their queue, to win back the space of the dead.
  case compact
  /// S3-FIFO's small queue: a hit item goes to the main queue, others are evicted and remembered.
  case small
  /// S3-FIFO's main queue: a hit item is reinserted with one hit less, others are evicted.
  case main
}

/// Choice of the next segment to scan. Only headers are read.
extension Shard {
  /// Share of the small queue in the segments: 1/10 (S3-FIFO, section 4).
  private var smallIsOverShare: Bool {
    queueCount.0 * 10 > max(segmentCount - largeSegments, 10)
  }

  /// Over 3/8 of the written segments' bytes are dead, and there are sparse segments to win them back from.
  var isWasteful: Bool {
    let written = segmentCount - freeCount - largeSegments
    return sparseCount > 0 && written > 64
      && (liveBytes - largeSegments << Int(segmentShift)) * 8 < (written << Int(segmentShift)) * 5
  }

  /// The best victim under memory pressure, with what to do to it. Nil when nothing can be won.
  mutating func chooseVictim(now: UInt32) -> (Int, ScanMode)? {
    if let number = popSparse(now: now) { return (number, .compact) }
    if !evicts { return leastLive().map { ($0, .compact) } }
    let small = Int(queueHead.0)
    let main = Int(queueHead.1)
    if small != 0 && (smallIsOverShare || main == 0) { return (small, mode(of: small, now: now)) }
    if main != 0 { return (main, mode(of: main, now: now)) }
    if small != 0 { return (small, mode(of: small, now: now)) }
    if let number = sealOldestOpen() { return (number, mode(of: number, now: now)) }
    return nil
  }

  func mode(of number: Int, now: UInt32) -> ScanMode {
    let header = headers[number]
    if isWhollyGone(number, now: now) { return .expire }
    return header.queue == .small ? .small : .main
  }

  func isWhollyGone(_ number: Int, now: UInt32) -> Bool {
    let header = headers[number]
    return header.maxExpiry <= horizon(now) || (fenceIsUp && header.incarnation < fence)
  }

  private mutating func popSparse(now: UInt32) -> Int? {
    while sparseCount > 0 {
      sparseCount -= 1
      let number = Int(sparse[sparseCount])
      let header = headers[number]
      guard header.isListedSparse else { continue }
      headers[number].isListedSparse = false
      if header.state == .sealed && Int(header.liveBytes) * 10 < segmentSize * 6 && header.pins == 0 {
        return number
      }
    }
    return nil
  }

  /// The sealed segment with the fewest live bytes among the oldest 1,024 of the main queue, if compacting it
  /// wins at least 1/64 of its size.
  private func leastLive() -> Int? {
    var best = 0
    for head in [queueHead.1, queueHead.0] {
      var number = Int(head)
      var looked = 0
      while number != 0 && looked < 1024 {
        let header = headers[number]
        if header.pins == 0 && (best == 0 || header.liveBytes < headers[best].liveBytes) { best = number }
        number = Int(header.next)
        looked += 1
      }
    }
    if best == 0 || Int(headers[best].liveBytes) > segmentSize - segmentSize / 64 { return nil }
    return best
  }

  private mutating func sealOldestOpen() -> Int? {
    var oldest = 0
    for i in 0..<(2 * TTLClass.count) where open[i] != 0 {
      let number = Int(open[i])
      if headers[number].writeOffset == 0 { continue }
      if oldest == 0 || headers[number].incarnation < headers[oldest].incarnation { oldest = number }
    }
    if oldest == 0 { return nil }
    seal(oldest)
    return headers[oldest].state == .sealed ? oldest : nil
  }

  /// The next segment that holds only expired or flushed items, looking at up to `count` headers.
  mutating func nextWhollyGone(now: UInt32, looking count: inout Int) -> Int? {
    while count > 0 {
      count -= 1
      if sweepCursor >= nextVirgin {
        finishSweepRound()
        return nil
      }
      let number = Int(sweepCursor)
      sweepCursor += 1
      let state = headers[number].state
      guard state == .sealed || state == .open, headers[number].totalItems > 0 else { continue }
      if fenceIsUp && headers[number].incarnation < fence { sweepMetFlushed = true }
      if !isWhollyGone(number, now: now) { continue }
      if state == .open { seal(number) }
      if headers[number].state == .sealed && headers[number].pins == 0 { return number }
    }
    return nil
  }

  private mutating func finishSweepRound() {
    sweepCursor = 1
    // A whole round without a flushed segment: no item needs the fence any more.
    if fenceIsUp && !sweepMetFlushed && scanSegment == 0 && !hasDraining { fenceIsUp = false }
    sweepMetFlushed = false
  }

  private var hasDraining: Bool {
    for number in 1..<Int(max(nextVirgin, 1)) where headers[number].state == .draining { return true }
    return false
  }
}
