import CHearth

/// How a bump ended.
public enum BumpOutcome: Equatable, Sendable {
  /// The group's generation now.
  case bumped(UInt64)
  /// The group's name has more than eight parts: no key is ever looked up at that depth.
  case tooDeep
  /// The table of groups has used up its memory.
  case noMemory
}

extension UnsafeMutablePointer<GenerationTable> {
  /// Names in a group's name.
  private func depth(_ name: UnsafeRawBufferPointer) -> Int {
    1 + name.dropFirst().count { $0 == pointee.delimiter }
  }

  /// Makes everything stored so far under the group void. O(1), but for the growth of a part of the table.
  /// `settle` is called with no lock held after a part was replaced, is told by how many bytes the table grew, and
  /// returns when nobody can be looking at the old block.
  func bump(_ name: UnsafeRawBufferPointer, time: UInt64, settle: (_ growth: Int) -> Void) -> BumpOutcome {
    guard let start = name.baseAddress, name.count > 0 else { return .bumped(bumpAll(time: time)) }
    if depth(name) > GenerationTable.levels { return .tooDeep }
    let hash = Self.hash(start, name.count)
    let part = part(hash)
    hearth_lock(&part.pointee.lock)
    var replaced: Replaced?
    if GenerationTable.block(part)?.find(hash) == nil, let slots = slotsToGrow(part) {
      replaced = replace(part, slots: slots)
      if replaced == nil {
        hearth_unlock(&part.pointee.lock)
        return .noMemory
      }
    }
    let clock = tick()
    GenerationTable.block(part)?.set(hash, Bump(clock: clock, time: time))
    hearth_unlock(&part.pointee.lock)
    if let replaced { free(replaced, settle) }
    return .bumped(clock)
  }

  /// Makes everything in the pool void.
  func bumpAll(time: UInt64) -> UInt64 {
    hearth_lock(&pointee.parts.pointee.lock)
    defer { hearth_unlock(&pointee.parts.pointee.lock) }
    hearth_atomic_store64(&pointee.rootTime, time)
    let clock = tick()
    hearth_atomic_store64(&pointee.rootClock, clock)
    return clock
  }

  private func tick() -> UInt64 {
    _ = hearth_atomic_add64(&pointee.bumps, 1)
    return hearth_atomic_add64(&pointee.clock, 1)
  }

  /// The group's generation: the clock of its last bump, or what its like had when they were forgotten.
  func generation(_ name: UnsafeRawBufferPointer) -> UInt64 {
    guard let start = name.baseAddress, name.count > 0 else {
      return Swift.max(hearth_atomic_load64(&pointee.rootClock), hearth_atomic_load64(pointee.floors))
    }
    let hash = Self.hash(start, name.count)
    let part = part(hash)
    // The lock keeps the block, since no shard's is held here.
    hearth_lock(&part.pointee.lock)
    defer { hearth_unlock(&part.pointee.lock) }
    let floor = hearth_atomic_load64(pointee.floors + Int(hash % UInt64(GenerationTable.floorCount)))
    return Swift.max(entry(hash).map(GenerationBlock.clock) ?? 0, floor)
  }

  /// Number of slots that the part needs for one more group; nil when it has room.
  private func slotsToGrow(_ part: UnsafeMutablePointer<GenerationTable.Part>) -> Int? {
    guard let block = GenerationTable.block(part) else { return GenerationTable.firstSlots }
    return (block.count + 1) * 2 > block.slots ? block.slots * 2 : nil
  }

  /// What a part had, and by how many bytes the table grew.
  struct Replaced {
    var old: GenerationBlock?
    var growth: Int
  }

  /// The group's entry is needed after the sweep: it was bumped during it, or so lately that its time is asked for.
  func isKept(_ bump: Bump) -> Bool {
    bump.clock > hearth_atomic_load64(&pointee.droppedUpTo)
      || bump.time >= hearth_atomic_load64(&pointee.keptSince)
  }

  /// Puts a block with so many slots (0: none) in the place of the part's, with what is in it and `isKept`. Nil
  /// without memory. The part is locked.
  func replace(_ part: UnsafeMutablePointer<GenerationTable.Part>, slots: Int) -> Replaced? {
    let old = GenerationTable.block(part)
    let size = slots == 0 ? 0 : GenerationBlock.bytes(slots: slots)
    let growth = size - (old.map { GenerationBlock.bytes(slots: $0.slots) } ?? 0)
    if growth > 0, hearth_atomic_load64(&pointee.bytes) + UInt64(growth) > pointee.maximumBytes { return nil }
    var new: GenerationBlock?
    if slots > 0 {
      guard let block = GenerationBlock.make(slots: slots) else { return nil }
      old?.forEach { hash, bump in if isKept(bump) { block.set(hash, bump) } }
      new = block
    }
    _ = hearth_atomic_add64(&pointee.bytes, UInt64(bitPattern: Int64(growth)))
    hearth_atomic_release64(&part.pointee.block, UInt64(UInt(bitPattern: new?.raw)))
    return Replaced(old: old, growth: growth)
  }

  /// Frees what was replaced, once nobody looks at it.
  func free(_ replaced: Replaced, _ settle: (_ growth: Int) -> Void) {
    settle(replaced.growth)
    replaced.old?.free()
  }

  /// Groups that have an entry.
  var groups: Int {
    var sum = 0
    for i in 0..<GenerationTable.partCount {
      let part = pointee.parts + i
      hearth_lock(&part.pointee.lock)
      sum += GenerationTable.block(part)?.count ?? 0
      hearth_unlock(&part.pointee.lock)
    }
    return sum
  }
}
