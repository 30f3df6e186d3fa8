import CHearth

/// Finding, making and removing entries.
extension LeaseTable {
  /// The key's entry, 0 if there is none.
  func find(_ key: LeaseKey) -> UInt32 {
    guard occupied != 0, let buckets else { return 0 }
    var number = buckets[bucket(key.hash)]
    while number != 0 {
      let entry = entries[number]
      if entry.pointee.hash == key.hash && entry.pointee.pool == key.pool
        && Int(entry.pointee.keyLength) == key.count
        && hearth_equal(entry.pointee.key, key.start, key.count) != 0
      {
        return number
      }
      number = entry.pointee.next
    }
    return 0
  }

  /// A new entry without lease or hold-off, for the caller to give it one. 0: no room.
  mutating func insert(_ key: LeaseKey) -> UInt32 {
    let keyCost = Self.allocated(key.count)
    guard key.count <= Int(UInt16.max), entries.used < entries.capacity, makeIndex(), keyCost <= allowance
    else { return 0 }
    let copy = UnsafeMutableRawPointer.allocate(byteCount: max(key.count, 1), alignment: 1)
    let place = bucket(key.hash)
    let entry = LeaseEntry(
      next: buckets.unsafelyUnwrapped[place], heapIndex: occupied, hash: key.hash, key: copy,
      keyLength: UInt16(key.count), pool: key.pool, deadline: .max)
    let number = entries.take(entry, allowance: allowance - keyCost)
    guard number != 0 else {
      copy.deallocate()
      return 0
    }
    hearth_copy(copy, key.start, key.count)
    keyBytes += keyCost
    buckets.unsafelyUnwrapped[place] = number
    (heap.unsafelyUnwrapped + Int(occupied)).initialize(to: number)
    setOccupied(occupied + 1)
    return number
  }

  /// Forgets an entry without lease, hold-off and waiters.
  mutating func remove(_ number: UInt32) {
    let entry = entries[number]
    let buckets = buckets.unsafelyUnwrapped
    let place = bucket(entry.pointee.hash)
    if buckets[place] == number {
      buckets[place] = entry.pointee.next
    } else {
      var before = buckets[place]
      while entries[before].pointee.next != number { before = entries[before].pointee.next }
      entries[before].pointee.next = entry.pointee.next
    }
    removeFromHeap(number)
    setOccupied(occupied - 1)
    keyBytes -= Self.allocated(Int(entry.pointee.keyLength))
    entry.pointee.key.deallocate()
    entries.give(number)
  }

  /// Others read the number without the lock.
  private func setOccupied(_ count: UInt32) { hearth_atomic_store32(occupiedWord, count) }

  /// What the C library takes for a block of that size: 8 bytes more, in steps of 16, at least 32.
  private static func allocated(_ count: Int) -> Int { max((count + 8 + 15) & ~15, 32) }
}
