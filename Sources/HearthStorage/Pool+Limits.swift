import CHearth

extension Pool {
  /// Everything stored so far is gone; what is stored afterwards stays. Costs one lock per shard.
  public func flush() {
    for i in 0...shardMask {
      let shard = shards + i
      hearth_lock(Pool.lockWord(shard))
      if let journal = state.pointee.journal {
        var number = (UInt16(i).littleEndian, UInt16(shardMask + 1).littleEndian)
        _ = Journal.append(journal, .flush, pool: index, &number, 4)
      }
      shard.pointee.raiseFence()
      hearth_unlock(Pool.lockWord(shard))
    }
  }

  /// Number of shards; a power of two up to 256.
  public var shardCount: Int { shardMask + 1 }

  /// Number of the shard that a key with this hash is in, where there are `count` of them.
  public static func shard(of hash: UInt64, among count: Int) -> Int { hash.shardBits & (count - 1) }

  /// Everything in one shard is gone, as another node did it: it is not journaled.
  public func flushAsCopy(shard number: Int) {
    let shard = shards + number
    hearth_lock(Pool.lockWord(shard))
    shard.pointee.raiseFence()
    hearth_unlock(Pool.lockWord(shard))
  }

  /// Everything is gone, and nobody is told.
  public func flushAsCopy() { for i in 0...shardMask { flushAsCopy(shard: i) } }

  /// Changes the limit, within the address space reserved at start. A lower limit is reached by and by, as
  /// `maintain` scans. Returns what is in force, bytes.
  public func setMemoryLimit(_ bytes: Int) -> Int {
    let geometry = state.pointee.geometry
    let highest = (geometry.segmentsPerShard - 2) * geometry.segmentSize
    let limit = min(max(bytes, PoolOptions.minimumMemory), max(highest, PoolOptions.minimumMemory))
    hearth_atomic_store64(state.limitAddress, UInt64(limit))
    let excess = max(0, state.used - limit)
    for i in 0...shardMask {
      let shard = shards + i
      hearth_lock(Pool.lockWord(shard))
      shard.pointee.debt = excess == 0 ? 0 : excess / geometry.shards + geometry.segmentSize
      hearth_unlock(Pool.lockWord(shard))
    }
    return limit
  }

  /// Seconds for which expired items are kept, to be read by whoever takes an expired value. What expired before
  /// it was raised may be gone.
  public func setStaleTime(_ seconds: UInt32) { hearth_atomic_store32(state.staleAddress, seconds) }

  /// Whether items written from now on keep the life they were given (4 bytes each).
  public func setKeepsLife(_ keeps: Bool) {
    for i in 0...shardMask {
      let shard = shards + i
      hearth_lock(Pool.lockWord(shard))
      if keeps { shard.pointee.extraFields.insert(.life) } else { shard.pointee.extraFields.remove(.life) }
      hearth_unlock(Pool.lockWord(shard))
    }
  }

  /// Limit in force, bytes.
  public var memoryLimit: Int { state.limit }

  /// One bounded background step: expired and flushed segments are scanned, the reserve of free segments is
  /// refilled where the pool is full, debts are paid. `budget` is in items. True when there is more to do.
  public func maintain(now: UInt32, budget: Int) -> Bool {
    let cursor = UnsafeMutableRawPointer(state) + MemoryLayout<PoolState>.offset(of: \.maintenanceCursor)!
    var left = budget
    var busy = false
    for _ in 0...shardMask {
      let shard = shards + (Int(truncatingIfNeeded: hearth_atomic_add64(cursor, 1)) & shardMask)
      if maintain(shard, now: now, budget: &left) { busy = true }
      if left <= 0 { return true }
    }
    return busy
  }

  private func maintain(_ shard: UnsafeMutablePointer<Shard>, now: UInt32, budget: inout Int) -> Bool {
    var headersToLook = 2048
    while budget > 0 {
      hearth_lock(Pool.lockWord(shard))
      let start = hearth_thread_cpu_ns()
      defer {
        shard.pointee.noteHold(since: start)
        hearth_unlock(Pool.lockWord(shard))
      }
      let before = shard.pointee.counters.scanned
      if shard.pointee.scanSegment != 0 {
        shard.pointee.continueScan(now: now)
      } else if let number = shard.pointee.nextWhollyGone(now: now, looking: &headersToLook) {
        shard.pointee.beginScan(number, .expire)
        shard.pointee.continueScan(now: now)
      } else if shard.pointee.wantsReserve {
        if state.used + shard.pointee.segmentSize <= state.limit || !shard.pointee.scanStep(now: now) {
          return false
        }
      } else if shard.pointee.debt >= shard.pointee.segmentSize && state.used > state.limit {
        if shard.pointee.freeCount > shard.pointee.reserve {
          shard.pointee.releaseOne()
          shard.pointee.debt -= shard.pointee.segmentSize
        } else if !shard.pointee.scanStep(now: now) {
          return false
        }
      } else {
        return false
      }
      budget -= max(16, Int(shard.pointee.counters.scanned - before))
    }
    return true
  }
}

extension Shard {
  /// Seals what is open, so that every flushed item stands before the fence and every later one behind it.
  mutating func raiseFence() {
    for i in 0..<(2 * TTLClass.count) where open[i] != 0 { seal(Int(open[i])) }
    fence = nextIncarnation
    nextIncarnation += 1
    fenceIsUp = true
    sweepMetFlushed = true
  }

  /// A pool that evicts keeps two segments more than a write needs, so that writers seldom scan.
  var wantsReserve: Bool { evicts && freeCount < reserve + 2 && counters.evictions > 0 }
}
