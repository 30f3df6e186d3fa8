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
  /// A group of so many names covers no key.
  func isTooDeep(_ name: UnsafeRawBufferPointer) -> Bool {
    1 + name.dropFirst().count { $0 == pointee.delimiter } > GenerationTable.levels
  }

  /// Makes everything stored so far under the group void. O(1), but for the growth of a part of the table.
  /// `note` is told of the group's hash and the clock, in the order of all bumps, before the bump can be seen.
  /// `settle` is called with no lock held after a part was replaced, is told by how many bytes the table grew, and
  /// returns when nobody can be looking at the old block.
  func bump(
    _ name: UnsafeRawBufferPointer, time: UInt64, note: (_ hash: UInt64, _ clock: UInt64) -> Void,
    settle: (_ growth: Int) -> Void
  ) -> BumpOutcome {
    guard let start = name.baseAddress, name.count > 0 else {
      return bump(hash: 0, time: time, note: note, settle: settle)
    }
    if isTooDeep(name) { return .tooDeep }
    return bump(hash: Self.hash(start, name.count), time: time, note: note, settle: settle)
  }

  /// The same for a group by its hash; 0: the whole pool.
  func bump(
    hash: UInt64, time: UInt64, note: (_ hash: UInt64, _ clock: UInt64) -> Void,
    settle: (_ growth: Int) -> Void
  ) -> BumpOutcome {
    if hash == 0 {
      return .bumped(
        tick { clock in
          note(0, clock)
          setRoot(Bump(clock: clock, time: time))
        })
    }
    var clock: UInt64 = 0
    let hasRoom = withEntry(hash, settle) { block in
      clock = tick { clock in
        note(hash, clock)
        block.set(hash, Bump(clock: clock, time: time))
      }
    }
    return hasRoom ? .bumped(clock) : .noMemory
  }

  /// Does what another node has done, as `note` was told it there. Without room for the group the whole pool is void: a copy may
  /// have less, and never more.
  func apply(hash: UInt64, clock: UInt64, time: UInt64, settle: (_ growth: Int) -> Void) {
    if hash == GenerationTable.noGroup { return follow(clock) {} }
    let bump = Bump(clock: clock, time: time)
    let hasRoom =
      hash != 0
      && withEntry(hash, settle) { block in
        follow(clock) {
          if (block.find(hash).map(GenerationBlock.clock) ?? 0) < clock { block.set(hash, bump) }
        }
      }
    if !hasRoom { follow(clock) { setRoot(bump) } }
  }

  /// Does what the node that numbers the bumps has done, for keys whose primary this one is: `note` as of a bump. False: the clock is as
  /// far already, so that what was written since the bump cannot be told from what was written before.
  func applyAsOwner(
    hash: UInt64, clock: UInt64, time: UInt64, note: (_ hash: UInt64, _ clock: UInt64) -> Void,
    settle: (_ growth: Int) -> Void
  ) -> Bool {
    let bump = Bump(clock: clock, time: time)
    var isNext = false
    let hasRoom =
      hash != 0
      && withEntry(hash, settle) { block in
        isNext = reach(clock) {
          note(hash, clock)
          block.set(hash, bump)
        }
      }
    if !hasRoom {
      isNext = reach(clock) {
        note(0, clock)
        setRoot(bump)
      }
    }
    return isNext
  }

  /// Shows the block of the hash's part with room for the hash, under the part's lock. False: there is no memory.
  private func withEntry(
    _ hash: UInt64, _ settle: (_ growth: Int) -> Void, _ body: (GenerationBlock) -> Void
  ) -> Bool {
    let part = part(hash)
    hearth_lock(&part.pointee.lock)
    var replaced: Replaced?
    if GenerationTable.block(part)?.find(hash) == nil, let slots = slotsToGrow(part) {
      replaced = replace(part, slots: slots)
    }
    let block = GenerationTable.block(part)
    let hasRoom = block.map { $0.find(hash) != nil || ($0.count + 1) * 2 <= $0.slots } ?? false
    if hasRoom, let block { body(block) }
    hearth_unlock(&part.pointee.lock)
    if let replaced { free(replaced, settle) }
    return hasRoom
  }

  private func setRoot(_ bump: Bump) {
    if bump.clock <= hearth_atomic_load64(&pointee.rootClock) { return }
    hearth_atomic_store64(&pointee.rootTime, bump.time)
    hearth_atomic_store64(&pointee.rootClock, bump.clock)
  }

  /// The next number. The bump is put where readers find it before the clock ticks, so that nothing old is taken for new.
  private func tick(_ record: (UInt64) -> Void) -> UInt64 {
    hearth_lock(&pointee.clockLock)
    defer { hearth_unlock(&pointee.clockLock) }
    let next = Swift.max(clock, known) + 1
    record(next)
    advance(to: next)
    _ = hearth_atomic_add64(&pointee.bumps, 1)
    return next
  }

  /// The clock goes to a number, if it is not there already. Under the clock's lock.
  func advance(to number: UInt64) {
    // What is written by the clock is never younger than what is known.
    if number > known { hearth_atomic_release64(&pointee.known, number) }
    if number > clock { hearth_atomic_release64(&pointee.clock, number) }
  }

  /// The clock goes to the number of the node that numbers the bumps. False: it is there, or further.
  private func reach(_ number: UInt64, _ record: () -> Void) -> Bool {
    hearth_lock(&pointee.clockLock)
    defer { hearth_unlock(&pointee.clockLock) }
    if number <= clock { return false }
    record()
    advance(to: number)
    _ = hearth_atomic_add64(&pointee.bumps, 1)
    return true
  }

  /// Another node's number is known.
  private func follow(_ number: UInt64, _ record: () -> Void) {
    hearth_lock(&pointee.clockLock)
    defer { hearth_unlock(&pointee.clockLock) }
    record()
    if number > known { hearth_atomic_release64(&pointee.known, number) }
    _ = hearth_atomic_add64(&pointee.bumps, 1)
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
