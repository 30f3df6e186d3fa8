import CHearth

/// Groups of keys that are made void at once, in a pool that was set up with generations.
extension Pool {
  /// The pool keeps generations.
  public var hasGenerations: Bool { state.pointee.generations != nil }

  /// Makes everything stored so far under the group void; with the empty name, everything in the pool. `time`
  /// comes back with `lastBump`. O(1). The pool must have generations.
  public func bump(_ group: UnsafeRawBufferPointer, time: UInt64) -> BumpOutcome {
    guard let table = state.pointee.generations else { return .noMemory }
    return table.bump(group, time: time, note: note) { settle(growth: $0) }
  }

  func note(_ hash: UInt64, _ clock: UInt64) {
    guard let journal = state.pointee.journal else { return }
    var bytes = (hash.littleEndian, clock.littleEndian)
    _ = Journal.append(journal, .bump, pool: index, &bytes, 16)
  }

  /// The group's generation: it rises with every bump and never falls. 0 without generations.
  public func generation(_ group: UnsafeRawBufferPointer) -> UInt64 {
    state.pointee.generations?.generation(group) ?? 0
  }

  /// The name has more parts than are looked at: such a group cannot be bumped.
  public func isTooDeep(_ group: UnsafeRawBufferPointer) -> Bool {
    state.pointee.generations?.isTooDeep(group) ?? false
  }

  /// The clock that bumps tick; 0 without generations.
  public var generationClock: UInt64 { state.pointee.generations?.clock ?? 0 }

  /// The last bump of a group that covers the key.
  public func lastBump(_ key: Key) -> Bump {
    guard let table = state.pointee.generations else { return Bump() }
    let shard = shard(key.hash)
    hearth_lock(Pool.lockWord(shard))
    defer { hearth_unlock(Pool.lockWord(shard)) }
    return table.lastBump(key.start, key.count)
  }

  /// For how long after a bump `lastBump` tells of it, at least, and leases may be judged by it, milliseconds; the
  /// largest value that was ever set. 0 unless set: a sweep may forget it at once.
  public func setBumpRetention(_ milliseconds: UInt64) {
    guard let table = state.pointee.generations else { return }
    if milliseconds > hearth_atomic_load64(&table.pointee.retention) {
      hearth_atomic_store64(&table.pointee.retention, milliseconds)
    }
  }

  /// Groups that have an entry, bytes of their table, bumps since the start, and completed sweeps.
  public var generationStatistics: (groups: Int, bytes: Int, bumps: UInt64, sweeps: UInt64) {
    guard let table = state.pointee.generations else { return (0, 0, 0, 0) }
    return (
      table.groups, Int(hearth_atomic_load64(&table.pointee.bytes)),
      hearth_atomic_load64(&table.pointee.bumps), hearth_atomic_load64(&table.pointee.sweep.passes)
    )
  }

  /// Waits until no look-up that began before can be under way, and charges what the table grew by to the shards.
  func settle(growth: Int) {
    let used = hearth_atomic_add64(state.usedAddress, UInt64(bitPattern: Int64(growth)))
    let debt = growth > 0 && used > UInt64(state.limit) ? growth / state.pointee.geometry.shards : 0
    for i in 0...shardMask {
      let shard = shards + i
      hearth_lock(Pool.lockWord(shard))
      shard.pointee.debt += debt
      hearth_unlock(Pool.lockWord(shard))
    }
  }

  /// One step of the sweep: some hundred items at most, in holds of 64. False when there is nothing to do now.
  /// `time` is the clock of `bump`; `number`: all bumps up to it are known here, by default to the clock. One thread at a time.
  public func sweepGenerations(now: UInt32, time: UInt64 = 0, upTo number: UInt64? = nil) -> Bool {
    guard let table = state.pointee.generations else { return false }
    if !table.pointee.sweep.isRunning, !table.beginSweep(now: now, upTo: number ?? table.clock) {
      return false
    }
    var left = 16
    while left > 0 {
      left -= 1
      let number = table.pointee.sweep.shard
      if number > shardMask {
        table.endSweep(now: now, time: time) { settle(growth: $0) }
        return false
      }
      let shard = shards + number
      hearth_lock(Pool.lockWord(shard))
      var offset = table.pointee.sweep.offset
      var segment = table.pointee.sweep.segment
      if segment >= Int(shard.pointee.nextVirgin) {
        table.pointee.sweep.shard = number + 1
        segment = 1
        offset = 0
      } else if !shard.pointee.sweepGenerations(segment, from: &offset, table) {
        segment += 1
        offset = 0
      }
      table.pointee.sweep.segment = segment
      table.pointee.sweep.offset = offset
      hearth_unlock(Pool.lockWord(shard))
    }
    return true
  }
}

extension UnsafeMutablePointer<GenerationTable> {
  /// Seconds between passes at least; twenty times as long as the last one took where that is more.
  private static var pause: UInt32 { 30 }

  /// Begins a pass if there was a bump since the last, and time enough has gone by. Groups that the last one had to
  /// keep are dropped by one that looks at no items.
  func beginSweep(now: UInt32, upTo clock: UInt64) -> Bool {
    if clock < pointee.sweep.clock { return false }
    let isDone = clock == pointee.sweep.clock
    if isDone && !pointee.sweep.keptGroups || now < pointee.sweep.notBefore { return false }
    if hearth_atomic_load64(&pointee.bumps) == 0 { return false }
    pointee.sweep.isRunning = true
    pointee.sweep.shard = isDone ? .max : 0
    pointee.sweep.segment = 1
    pointee.sweep.offset = 0
    pointee.sweep.clock = clock
    pointee.sweep.began = now
    return true
  }

  /// Ends a pass: no item is older than its beginning, so the groups bumped before are forgotten, but for those that
  /// sets are still held off by.
  func endSweep(now: UInt32, time: UInt64, settle: (_ growth: Int) -> Void) {
    let retention = hearth_atomic_load64(&pointee.retention)
    hearth_atomic_store64(&pointee.keptSince, retention == 0 ? .max : time - Swift.min(time, retention))
    hearth_atomic_store64(&pointee.droppedUpTo, pointee.sweep.clock)
    pointee.sweep.keptGroups = false
    for i in 0..<GenerationTable.partCount {
      let part = pointee.parts + i
      hearth_lock(&part.pointee.lock)
      let replaced = dropGroups(part)
      hearth_unlock(&part.pointee.lock)
      if let replaced { free(replaced, settle) }
    }
    pointee.sweep.isRunning = false
    let took = now &- pointee.sweep.began
    pointee.sweep.notBefore = now &+ Swift.max(Self.pause, took &* 20)
    _ = hearth_atomic_add64(&pointee.sweep.passes, 1)
  }

  /// Drops the part's groups that are not kept. Nil: nothing to drop, or no memory to do it with, and it waits for the
  /// next pass. The part is locked.
  private func dropGroups(_ part: UnsafeMutablePointer<GenerationTable.Part>) -> Replaced? {
    guard let block = GenerationTable.block(part) else { return nil }
    var kept = 0
    block.forEach { hash, bump in
      if isKept(bump) {
        if bump.clock <= pointee.sweep.clock { pointee.sweep.keptGroups = true }
        return kept += 1
      }
      let floor = pointee.floors + Int(hash % UInt64(GenerationTable.floorCount))
      hearth_atomic_store64(floor, Swift.max(hearth_atomic_load64(floor), bump.clock))
    }
    if kept == block.count { return nil }
    var slots = kept == 0 ? 0 : GenerationTable.firstSlots
    while slots < kept * 2 { slots *= 2 }
    return replace(part, slots: slots)
  }
}
