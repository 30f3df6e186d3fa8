import CHearth
import Glibc

/// Bytes of a value about to be stored: two pieces one after the other, or the descriptor of a large value.
struct NewValue {
  var first: UnsafeRawBufferPointer
  var second: UnsafeRawBufferPointer
  var length: Int
  var isLarge: Bool

  @inline(__always)
  init(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) {
    self.first = first
    self.second = second
    length = first.count + second.count
    isLarge = false
  }

  init(descriptor: UnsafeRawBufferPointer, length: Int) {
    first = descriptor
    second = UnsafeRawBufferPointer(start: nil, count: 0)
    self.length = length
    isLarge = true
  }

  var storedBytes: Int { first.count + second.count }

  func copy(to target: UnsafeMutableRawPointer) {
    if let start = first.baseAddress { hearth_copy(target, start, first.count) }
    if let start = second.baseAddress {
      (target + first.count).copyMemory(from: start, byteCount: second.count)
    }
  }
}

extension Shard {
  /// Stores an item for the key whose slot (if it has one) is `old`. Nil: out of memory, nothing changed.
  @inline(__always)
  mutating func put(_ key: Key, old: Slot?, _ value: NewValue, _ info: ItemInfo, now: UInt32) -> Slot? {
    if let old, overwrite(old, value, info, now: now, force: false) { return old }
    return putAnew(key, old: old, value, info, now: now)
  }

  /// Stores an item in new memory.
  @inline(never)
  private mutating func putAnew(
    _ key: Key, old: Slot?, _ value: NewValue, _ info: ItemInfo, now: UInt32
  ) -> Slot? {
    var flags = wantedFlags(info)
    flags.insert(.committed)
    if value.isLarge { flags.insert(.large) }
    let size = ItemPointer.aligned(12 + flags.optionBytes + key.count + value.storedBytes)

    guard evicts || fits(growth: size - (old.map { footprint($0) } ?? 0)) else { return refuse(nil) }
    let queue = queue(for: key.hash, old: old)
    let ttlClass = TTLClass.of(expiry: info.expiry, now: now)
    guard let number = room(size + 8, queue, ttlClass, now: now, keep: reserve - 1) else {
      if let old, overwriteForced(old, value, info, now: now) { return old }
      return refuse(nil)
    }

    var cas = info.cas
    if cas == 0, let old {
      let last = self.cas(of: item(old.location), at: old.location)
      let next = derivedCAS(
        location: location(segment: number, offset: Int(headers[number].writeOffset)), mutations: 0)
      if next <= last {
        cas = last + 1
        flags.insert(.explicitCAS)
      }
    }
    let finalSize = ItemPointer.aligned(12 + flags.optionBytes + key.count + value.storedBytes)
    let at = append(number, size: finalSize, expiry: info.expiry)
    let item = item(at)
    item.keyLength = key.count
    item.mutations = 0
    item.valueLength = value.length
    item.lastAccess = now
    item.flags = flags
    if flags.contains(.expiry) { item.setExpiry(info.expiry) }
    if flags.contains(.clientFlags) { item.setClientFlags(info.clientFlags) }
    if flags.contains(.explicitCAS) { item.explicitCAS = cas }
    if !flags.isDisjoint(with: .rare) { setRareFields(item, info, key.start, key.count, now: now) }
    hearth_copy(item.key, key.start, key.count)
    value.copy(to: item.value)
    liveItems += 1

    if let old {
      let before = old.location
      let dead = self.item(before)
      old.location = at
      kill(dead, at: before, freeLarge: true)
      counters.totalItems += 1
      return old
    }
    guard let slot = insertEvictingIfNeeded(key.hash, at) else {
      kill(item, at: at, freeLarge: false)
      return refuse(nil)
    }
    counters.totalItems += 1
    return slot
  }

  /// The fields of an item that is to be stored: those that its info asks for and those that the pool keeps.
  @inline(__always)
  private func wantedFlags(_ info: ItemInfo) -> ItemFlags {
    let flags = info.itemFlags
    if extraFields.isEmpty { return flags }
    return flags.union(info.expiry != 0 ? extraFields : extraFields.subtracting(.life))
  }

  /// Sets the fields that only some pools keep.
  @inline(never)
  private func setRareFields(
    _ item: ItemPointer, _ info: ItemInfo, _ key: UnsafeRawPointer, _ keyLength: Int, now: UInt32
  ) {
    let flags = item.flags
    if flags.contains(.life) {
      item.setLife(info.life != 0 ? info.life : info.expiry &- min(now, info.expiry))
    }
    if flags.contains(.stamp), let table = pool.pointee.generations {
      item.setStamp(stamp(info, key, keyLength, table))
    }
  }

  private mutating func refuse(_ slot: Slot?) -> Slot? {
    counters.outOfMemory += 1
    return slot
  }

  private mutating func queue(for hash: UInt64, old: Slot?) -> Queue {
    if !evicts { return .main }
    if let old { return headers[segmentNumber(old.location)].queue }
    if !recall(hash) { return .small }
    counters.ghostHits += 1
    return .main
  }

  /// When the index cannot grow, an eviction from the key's bucket makes the room.
  private mutating func insertEvictingIfNeeded(_ hash: UInt64, _ location: UInt32) -> Slot? {
    if let slot = insert(hash: hash, location: location) { return slot }
    guard evicts else { return nil }
    let bucket = home(hash)
    var victim = Slot(bucket, 0)
    for i in 1..<Leaf.slots where Slot(bucket, i).frequency < victim.frequency { victim = Slot(bucket, i) }
    let entry = item(victim.location)
    unlink(victim, hash: hearth_hash(entry.key, entry.keyLength), because: .evicted)
    return place(in: leaf(hash), hash: hash, location: location, frequency: 0)
  }

  /// Writes over an item of the same shape and size. Refused when the new expiry does not suit the segment
  /// (unless forced) or the mutation count is used up.
  @inline(__always)
  private mutating func overwrite(
    _ slot: Slot, _ value: NewValue, _ info: ItemInfo, now: UInt32, force: Bool
  ) -> Bool {
    let location = slot.location
    let item = item(location)
    let have = item.flags
    var want = wantedFlags(info)
    if info.cas == 0 && have.contains(.explicitCAS) { want.insert(.explicitCAS) }
    let shape: UInt16 = 31
    guard !value.isLarge, !have.contains(.large), item.valueLength == value.length,
      have.rawValue & shape == want.rawValue & shape
    else { return false }
    let number = segmentNumber(location)
    if info.expiry != 0 && !force && !suits(number, info.expiry) { return false }
    if have.contains(.explicitCAS) {
      item.explicitCAS = info.cas != 0 ? info.cas : item.explicitCAS + 1
    } else {
      if item.mutations == .max { return false }
      item.mutations += 1
    }
    item.flags = want  // not committed while the bytes change
    if want.contains(.expiry) {
      item.setExpiry(info.expiry)
      noteExpiry(number, info.expiry)
    }
    if want.contains(.clientFlags) { item.setClientFlags(info.clientFlags) }
    if !want.isDisjoint(with: .rare) { setRareFields(item, info, item.key, item.keyLength, now: now) }
    item.lastAccess = now
    let target = item.value
    if let start = value.first.baseAddress { memmove(target, start, value.first.count) }
    if let start = value.second.baseAddress { memmove(target + value.first.count, start, value.second.count) }
    want.insert(.committed)
    item.flags = want
    counters.totalItems += 1
    return true
  }

  @inline(never)
  private mutating func overwriteForced(
    _ slot: Slot, _ value: NewValue, _ info: ItemInfo, now: UInt32
  ) -> Bool { overwrite(slot, value, info, now: now, force: true) }

  /// True when an item with this expiry may stand in the segment without delaying its end much.
  func suits(_ number: Int, _ expiry: UInt32) -> Bool {
    let header = headers[number]
    if expiry <= header.maxExpiry { return true }
    let ttl = TTLClass.lowerBound(Int(header.ttlClass))
    return expiry - min(header.created, expiry) <= ttl + ttl / 4 + 1
  }

  // ---- limit of deterministic pools

  /// Bytes an item occupies with its large value.
  func footprint(_ slot: Slot) -> Int {
    let item = item(slot.location)
    return item.size + (item.flags.contains(.large) ? item.valueLength : 0)
  }

  /// A deterministic pool keeps 15 % of its segments for the compaction: beyond 85 % live every byte written
  /// costs more than three copied.
  func fits(growth: Int) -> Bool {
    if growth <= 0 { return true }
    let geometry = pool.pointee.geometry
    let capacity = pool.dataCapacity
    if (liveBytes + growth) * 100 <= capacity / geometry.shards * 85 { return true }
    // Over its share: what counts is the pool.
    var live = growth
    for i in 0..<geometry.shards { live += pool.pointee.shards[i].liveBytes }
    return live * 100 <= capacity * 85
  }
}

extension UnsafeMutablePointer<PoolState> {
  /// Bytes that segments may take: the limit less the index.
  var dataCapacity: Int { Swift.max(limit - leafCapacity, 0) }

  /// Bytes of all index leaves handed out.
  var leafCapacity: Int {
    let address = UnsafeMutableRawPointer(self) + MemoryLayout<PoolState>.offset(of: \.leafCount)!
    return Int(hearth_atomic_load64(address)) * pointee.leafBytes
  }
}
