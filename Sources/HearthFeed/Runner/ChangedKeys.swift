import CHearth

/// The keys that the log has written or removed since a query began, by hashes of 128 bits. What the query read of them may be
/// older than what the store holds, and must not be stored. Owned by the feed's lock.
struct ChangedKeys: ~Copyable {
  private struct Digest {
    var low: UInt64
    var high: UInt64
  }

  /// More keys are not kept: the query is repeated instead.
  let limit: Int
  private var slots: UnsafeMutablePointer<Digest>
  private var mask: Int
  private(set) var count = 0
  /// Keys are noted: a query is under way.
  private(set) var isOpen = false
  /// There were more than `limit`: anything may have changed.
  private(set) var hasOverflown = false

  init(limit: Int = 1 << 20) {
    self.limit = limit
    mask = 255
    slots = .allocate(capacity: 256)
    slots.initialize(repeating: Digest(low: 0, high: 0), count: 256)
  }

  deinit { slots.deallocate() }

  /// A query begins: everything from now on counts.
  mutating func open() {
    isOpen = true
    hasOverflown = false
    if count == 0 { return }
    count = 0
    if mask > 65_535 {
      slots.deallocate()
      mask = 255
      slots = .allocate(capacity: 256)
    }
    slots.initialize(repeating: Digest(low: 0, high: 0), count: mask + 1)
  }

  /// The query has ended.
  mutating func close() { isOpen = false }

  /// The log changed the key.
  @inline(__always)
  mutating func note(pool: Int, _ key: UnsafeRawBufferPointer) {
    if isOpen { insert(Self.digest(pool, key)) }
  }

  /// The log changed the key since the query began.
  func contains(pool: Int, _ key: UnsafeRawBufferPointer) -> Bool {
    if hasOverflown { return true }
    if count == 0 { return false }
    let digest = Self.digest(pool, key)
    var at = Int(truncatingIfNeeded: digest.low) & mask
    while slots[at].low != 0 {
      if slots[at].low == digest.low && slots[at].high == digest.high { return true }
      at = (at + 1) & mask
    }
    return false
  }

  private static func digest(_ pool: Int, _ key: UnsafeRawBufferPointer) -> Digest {
    guard let start = key.baseAddress else { return Digest(low: 1, high: 1) }
    let low = hearth_hash(start, key.count)
    let high = hearth_hash_seeded(start, key.count, UInt64(pool) &+ 0x9e37_79b9_7f4a_7c15)
    // 0 marks a free slot.
    return Digest(low: max(low, 1), high: high)
  }

  private mutating func insert(_ digest: Digest) {
    if hasOverflown { return }
    var at = Int(truncatingIfNeeded: digest.low) & mask
    while slots[at].low != 0 {
      if slots[at].low == digest.low && slots[at].high == digest.high { return }
      at = (at + 1) & mask
    }
    if count == limit {
      hasOverflown = true
      return
    }
    slots[at] = digest
    count += 1
    if count * 2 > mask { grow() }
  }

  private mutating func grow() {
    let (old, oldCount) = (slots, mask + 1)
    mask = 2 * oldCount - 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Digest(low: 0, high: 0), count: mask + 1)
    for i in 0..<oldCount where old[i].low != 0 {
      var at = Int(truncatingIfNeeded: old[i].low) & mask
      while slots[at].low != 0 { at = (at + 1) & mask }
      slots[at] = old[i]
    }
    old.deallocate()
  }
}
