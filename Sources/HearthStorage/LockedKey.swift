import CHearth

/// One key under its shard's lock: what may be read and changed there. Never hold two at a time, never block or
/// send while one lives. The lock goes with the value.
public struct LockedKey: ~Copyable {
  @usableFromInline let shard: UnsafeMutablePointer<Shard>
  @usableFromInline let key: Key
  @usableFromInline let now: UInt32
  @usableFromInline var slot: Slot?
  /// Slot of an item that was found dead on arrival was emptied: nothing to hand out.
  @usableFromInline var pointer: ItemPointer?
  @usableFromInline var missing = Absence.unknown
  /// An expired item that the pool keeps. Its slot is known, so that a write takes its place.
  @usableFromInline var kept: ItemPointer?
  /// What is written is another node's: it is not journaled.
  @usableFromInline let isCopy: Bool

  @inlinable @inline(__always)
  init(shard: UnsafeMutablePointer<Shard>, key: Key, now: UInt32, isCopy: Bool = false) {
    self.shard = shard
    self.key = key
    self.now = now
    self.isCopy = isCopy
    slot = nil
    pointer = nil
    kept = nil
    guard let slot = shard.pointee.find(key) else { return }
    let location = slot.location
    let item = shard.pointee.item(location)
    if shard.pointee.isDoubtful(item, at: location, now: now) {
      let verdict = LockedKey.judge(shard, slot, key, now)
      missing = verdict.absence
      self.slot = verdict.isLive || verdict.isKept ? slot : nil
      pointer = verdict.isLive ? item : nil
      kept = verdict.isKept ? item : nil
    } else {
      self.slot = slot
      pointer = item
    }
  }

  /// What became of an item that may not be there any more.
  @usableFromInline
  struct Verdict {
    @usableFromInline var isLive = false
    @usableFromInline var isKept = false
    @usableFromInline var absence = Absence.unknown
  }

  /// Judges an item that may not be there any more; what is gone leaves the index. Not a method of the value, which
  /// would have to be in memory for it.
  @usableFromInline @inline(never)
  static func judge(
    _ shard: UnsafeMutablePointer<Shard>, _ slot: Slot, _ key: Key, _ now: UInt32
  ) -> Verdict {
    let item = shard.pointee.item(slot.location)
    switch shard.pointee.validity(item, at: slot.location, now: now) {
    case .live: return Verdict(isLive: true)
    case .expired: return Verdict(isKept: true, absence: .expired)
    case .gone: return Verdict(absence: clear(shard, slot, key, now))
    }
  }

  @inlinable @inline(__always)
  deinit { hearth_unlock(UnsafeMutableRawPointer(shard).assumingMemoryBound(to: UInt32.self)) }

  static func clear(
    _ shard: UnsafeMutablePointer<Shard>, _ slot: Slot, _ key: Key, _ now: UInt32
  ) -> Absence {
    let expiry = shard.pointee.item(slot.location).expiry
    let hasExpired = expiry != 0 && expiry <= now
    shard.pointee.unlink(slot, hash: key.hash, because: hasExpired ? .expired : .flushed)
    return hasExpired ? .expired : .flushed
  }

  /// The live item; nil when the key is absent, expired or flushed.
  @inlinable @inline(__always)
  public var item: Item? { pointer.map { Item($0) } }

  /// The item that has expired, where the pool keeps it for readers that take an expired value.
  public var expiredItem: Item? { kept.map { Item($0) } }

  /// Shows the expired item as if it were live. Nothing but reading makes sense then.
  @inlinable @inline(__always)
  public mutating func revealExpired() {
    pointer = kept
    kept = nil
  }

  /// Why there is no item, when there is none.
  @inlinable @inline(__always)
  public var absence: Absence { missing }

  /// Counts a read: frequency, last access, fetched.
  @inlinable @inline(__always)
  public mutating func recordHit() {
    guard let pointer else { return }
    recordAccess()
    let flags = pointer.flags
    if !flags.contains(.fetched) { pointer.flags = flags.union(.fetched) }
  }

  /// Counts an access that reads nothing: frequency and last access.
  @inlinable @inline(__always)
  public mutating func recordAccess() {
    guard let slot, let pointer else { return }
    let frequency = slot.frequency
    if frequency < 3 { slot.frequency = frequency &+ 1 }
    if pointer.lastAccess != now { pointer.lastAccess = now }
  }

  /// Stores a value of at most the pool's `inlineLimit` bytes. False: out of memory, nothing changed.
  public mutating func put(_ value: UnsafeRawBufferPointer, _ info: ItemInfo) -> Bool {
    put(value, UnsafeRawBufferPointer(start: nil, count: 0), info)
  }

  /// Stores `first` followed by `second` (either may point into the current value). False: out of memory,
  /// nothing changed. Together at most the pool's `inlineLimit` bytes.
  public mutating func put(
    _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, _ info: ItemInfo
  ) -> Bool {
    var info = info
    if journal != nil { info.cas = note() }
    return finish(shard.pointee.put(key, old: slot, NewValue(first, second), info, now: now))
  }

  /// Where changes are noted; nil: nowhere.
  @inline(__always)
  private var journal: UnsafeMutablePointer<Journal>? { isCopy ? nil : shard.pointee.pool.pointee.journal }

  /// Notes a change in the journal before it is made: who reads of it has to wait for the lock. Returns the version that the
  /// item gets.
  @inline(never)
  private func note() -> UInt64 {
    guard let journal else { return 0 }
    return Journal.append(journal, .key, pool: shard.pointee.pool.pointee.index, key.start, key.count)
  }

  /// Stores a large value that was written completely. False: out of memory, nothing changed.
  public mutating func put(_ large: consuming LargeWriter, _ info: ItemInfo) -> Bool {
    precondition(large.shard == shard && large.written == large.length)
    var descriptor = large.descriptor
    let length = large.length
    var info = info
    if journal != nil { info.cas = note() }
    let stored = withUnsafeBytes(of: &descriptor) {
      shard.pointee.put(key, old: slot, NewValue(descriptor: $0, length: length), info, now: now)
    }
    if finish(stored) {
      large.commitLocked()
      return true
    }
    large.abandonLocked()
    return false
  }

  @inline(__always)
  private mutating func finish(_ stored: Slot?) -> Bool {
    guard let stored else { return false }
    slot = stored
    kept = nil
    pointer = shard.pointee.item(stored.location)
    return true
  }

  /// Removes the item, if there is one; an expired one that is kept, too.
  public mutating func remove() {
    // A copy may have what was evicted here.
    if journal != nil { _ = note() }
    guard let slot else { return }
    shard.pointee.unlink(slot, hash: key.hash, because: .removed)
    self.slot = nil
    pointer = nil
    kept = nil
  }

  /// Gives the item another expiry (absolute seconds, 0 never); its CAS stays. False: out of memory, and
  /// the expiry is as before.
  public mutating func setExpiry(_ expiry: UInt32) -> Bool {
    guard let slot, let pointer else { return false }
    if pointer.expiry == expiry { return true }
    if journal != nil { _ = note() }
    return finish(shard.pointee.changeExpiry(slot, expiry, now: now))
  }

  /// Makes the item's stamp as young as it can be, for a copy of it.
  public func renewStamp() {
    guard let item = pointer ?? kept, item.flags.contains(.stamp),
      let table = shard.pointee.pool.pointee.generations
    else { return }
    _ = shard.pointee.renewStamp(item, table)
  }

  /// Sets or clears the marks of meta I and X, in place.
  public mutating func setMarks(stale: Bool, win: Bool) {
    guard let pointer else { return }
    if journal != nil { _ = note() }
    var flags = pointer.flags
    if stale { flags.insert(.stale) } else { flags.remove(.stale) }
    if win { flags.insert(.win) } else { flags.remove(.win) }
    pointer.flags = flags
  }

  /// CAS of the item, 0 without one. It is told to a client, so it stays with this version of the item.
  @inlinable
  public mutating func observeCAS() -> UInt64 {
    guard let slot, let pointer else { return 0 }
    let flags = pointer.flags
    if !flags.contains(.casSeen) { pointer.flags = flags.union(.casSeen) }
    return shard.pointee.cas(of: pointer, at: slot.location)
  }

  /// The same, of an expired item that is kept too.
  public mutating func observeAnyCAS() -> UInt64 {
    guard let kept else { return observeCAS() }
    guard let slot else { return 0 }
    kept.flags.insert(.casSeen)
    return shard.pointee.cas(of: kept, at: slot.location)
  }

  /// Gives the item another CAS without changing its value: `value`, or with 0 the next. False: out of memory.
  public mutating func assignCAS(_ value: UInt64 = 0) -> Bool {
    guard let slot, let pointer else { return false }
    if journal != nil { return assignVersion(slot, pointer) }
    if value == 0 && !pointer.flags.contains(.explicitCAS) && pointer.mutations < .max {
      pointer.mutations += 1
      pointer.flags.remove(.casSeen)
      return true
    }
    let cas = value != 0 ? value : shard.pointee.cas(of: pointer, at: slot.location) + 1
    if pointer.flags.contains(.explicitCAS) {
      pointer.explicitCAS = cas
      return true
    }
    return finish(shard.pointee.rewrite(slot, expiry: pointer.expiry, cas: cas, now: now))
  }

  /// The next version of an item whose changes are journaled.
  private mutating func assignVersion(_ slot: Slot, _ pointer: ItemPointer) -> Bool {
    let version = note()
    if pointer.flags.contains(.explicitCAS) {
      pointer.explicitCAS = version
      return true
    }
    return finish(shard.pointee.rewrite(slot, expiry: pointer.expiry, cas: version, now: now))
  }

  /// Keeps a large item's bytes readable after the lock is gone, until `release()`.
  public func pin() -> PinnedValue {
    precondition(pointer != nil && pointer!.flags.contains(.large))
    return PinnedValue(pinning: LargeDescriptor(at: pointer!.value), length: pointer!.valueLength, in: shard)
  }
}
