import CHearth

extension Pool {
  /// Brings the shard to `segments` free ones, from the pool's account or by scanning. Called and left with the
  /// lock held; it is let go between steps of 64 items. Returns when nothing more can be won, too.
  @usableFromInline @inline(never)
  func makeRoomLocked(_ shard: UnsafeMutablePointer<Shard>, segments: Int, now: UInt32) {
    payDebt(shard, now: now)
    // Compaction of a nearly full pool may win nothing: give up after a few whole segments.
    var patience = 16
    var best = shard.pointee.freeCount
    while shard.pointee.freeCount < segments && patience > 0 {
      // Growth can wait while much of what the shard holds is dead bytes.
      if !shard.pointee.isWasteful && commitSegment(shard) { continue }
      if !shard.pointee.scanStep(now: now) { break }
      if shard.pointee.scanSegment == 0 {
        patience -= 1
        if shard.pointee.freeCount > best {
          best = shard.pointee.freeCount
          patience = 16
        }
      }
      breathe(shard)
    }
  }

  /// Lets others have the lock for a moment.
  @inline(__always)
  private func breathe(_ shard: UnsafeMutablePointer<Shard>) {
    hearth_unlock(Pool.lockWord(shard))
    hearth_lock(Pool.lockWord(shard))
  }

  /// Adds a segment to the shard if the pool's limit allows. Its pages are touched with the lock free.
  private func commitSegment(_ shard: UnsafeMutablePointer<Shard>) -> Bool {
    if !PoolState.charge(state, shard.pointee.segmentSize) { return false }
    guard let number = shard.pointee.takeUnused() else {
      _ = hearth_atomic_add64(state.usedAddress, 0 &- UInt64(shard.pointee.segmentSize))
      return false
    }
    let base = shard.pointee.base(of: Int(number))
    hearth_unlock(Pool.lockWord(shard))
    for page in stride(from: 0, to: 1 << state.pointee.geometry.segmentShift, by: 4096) {
      base.storeBytes(of: 0, toByteOffset: page, as: UInt8.self)
    }
    hearth_lock(Pool.lockWord(shard))
    shard.pointee.adopt(number)
    return true
  }

  /// The index grew beyond the limit, or the limit was lowered: gives segments back.
  private func payDebt(_ shard: UnsafeMutablePointer<Shard>, now: UInt32) {
    while shard.pointee.debt >= shard.pointee.segmentSize {
      if state.used <= state.limit {
        shard.pointee.debt = 0
        return
      }
      var patience = 16
      while shard.pointee.freeCount <= shard.pointee.reserve && patience > 0 {
        if !shard.pointee.scanStep(now: now) { return }
        if shard.pointee.scanSegment == 0 { patience -= 1 }
        breathe(shard)
      }
      if shard.pointee.freeCount == 0 { return }
      shard.pointee.releaseOne()
      shard.pointee.debt -= shard.pointee.segmentSize
    }
  }

  /// A free segment for a large value. When the shard has nothing left to give, others give up memory for it.
  func takeLargeSegment(_ shard: UnsafeMutablePointer<Shard>, now: UInt32) -> UInt32? {
    hearth_lock(Pool.lockWord(shard))
    defer { hearth_unlock(Pool.lockWord(shard)) }
    let keep = shard.pointee.reserve
    makeRoomLocked(shard, segments: keep + 1, now: now)
    if shard.pointee.freeCount <= keep {
      hearth_unlock(Pool.lockWord(shard))
      borrowFromOthers(shard, now: now)
      hearth_lock(Pool.lockWord(shard))
      makeRoomLocked(shard, segments: keep + 1, now: now)
    }
    guard shard.pointee.freeCount > keep, let number = shard.pointee.popFree() else { return nil }
    let incarnation = shard.pointee.headers[Int(number)].incarnation
    shard.pointee.headers[Int(number)] = SegmentHeader()
    shard.pointee.headers[Int(number)].incarnation = incarnation
    shard.pointee.headers[Int(number)].state = .large
    shard.pointee.largeSegments += 1
    shard.pointee.liveBytes += shard.pointee.segmentSize
    return number
  }

  /// Makes the shard that holds the most give one segment back to the pool.
  private func borrowFromOthers(_ needy: UnsafeMutablePointer<Shard>, now: UInt32) {
    var richest = -1
    var most = 0
    for i in 0...shardMask where shards + i != needy {
      hearth_lock(Pool.lockWord(shards + i))
      let count = shards[i].segmentCount - shards[i].largeSegments
      hearth_unlock(Pool.lockWord(shards + i))
      if count > most { (richest, most) = (i, count) }
    }
    if richest < 0 { return }
    let donor = shards + richest
    hearth_lock(Pool.lockWord(donor))
    makeRoomLocked(donor, segments: donor.pointee.reserve + 1, now: now)
    if donor.pointee.freeCount > donor.pointee.reserve { donor.pointee.releaseOne() }
    hearth_unlock(Pool.lockWord(donor))
  }
}
