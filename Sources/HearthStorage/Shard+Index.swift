import CHearth

/// A slot of the index: a bucket and a number in it.
@usableFromInline
struct Slot {
  @usableFromInline var bucket: UnsafeMutableRawPointer
  @usableFromInline var index: Int

  @inlinable @inline(__always)
  init(_ bucket: UnsafeMutableRawPointer, _ index: Int) {
    self.bucket = bucket
    self.index = index
  }

  @inlinable @inline(__always)
  var location: UInt32 {
    get { bucket.load(fromByteOffset: 16 &+ index &* 4, as: UInt32.self) }
    nonmutating set { bucket.storeBytes(of: newValue, toByteOffset: 16 &+ index &* 4, as: UInt32.self) }
  }

  /// 0 marks a free slot.
  @inlinable @inline(__always)
  var tag: UInt8 {
    get { bucket.load(fromByteOffset: index, as: UInt8.self) }
    nonmutating set { bucket.storeBytes(of: newValue, toByteOffset: index, as: UInt8.self) }
  }

  /// Hits since the item was stored or last moved, at most 3.
  @inlinable @inline(__always)
  var frequency: UInt8 {
    get {
      (bucket.load(fromByteOffset: 12 &+ index &>> 2, as: UInt8.self) &>> UInt8((index & 3) &* 2)) & 3
    }
    nonmutating set {
      let at = 12 &+ index &>> 2
      let shift = UInt8((index & 3) &* 2)
      let old = bucket.load(fromByteOffset: at, as: UInt8.self)
      bucket.storeBytes(of: old & ~(3 &<< shift) | (newValue &<< shift), toByteOffset: at, as: UInt8.self)
    }
  }
}

/// A leaf of the index: 32 buckets, 2 stash buckets for what overflows, and (where the pool evicts) 32 rows
/// of the ghost. A bucket is one cache line:
///
///     0 12 tags | 12 12 two-bit frequencies | 15 control | 16 12 locations u32
///
/// Control: in a bucket, how many of its items are in the stash; in the first stash bucket, the leaf's depth.
@usableFromInline
enum Leaf {
  @inlinable @inline(__always) static var buckets: Int { 32 }
  @inlinable @inline(__always) static var slots: Int { 12 }
  @inlinable @inline(__always) static var bucketBytes: Int { 64 }
  @inlinable @inline(__always) static var stash: Int { 2 }
  @inlinable @inline(__always) static var control: Int { 15 }
  @inlinable @inline(__always) static var slotMask: UInt32 { 0xfff }
  @inlinable @inline(__always) static var indexBytes: Int { (buckets + stash) * bucketBytes }
  /// A ghost row remembers the last 8 fingerprints evicted from its bucket.
  @inlinable @inline(__always) static var ghostRowBytes: Int { 16 }
  @inlinable @inline(__always) static var stashOffset: Int { buckets * bucketBytes }
}

extension Shard {
  @inlinable @inline(__always)
  func leaf(_ hash: UInt64) -> UnsafeMutableRawPointer {
    leaves + Int(directory[Int(truncatingIfNeeded: hash & directoryMask)]) &* leafBytes
  }

  @inlinable @inline(__always)
  func home(_ hash: UInt64) -> UnsafeMutableRawPointer { leaf(hash) + hash.bucketNumber &* Leaf.bucketBytes }

  /// The slot of a key, whatever the state of its item.
  @inlinable @inline(__always)
  func find(_ key: Key) -> Slot? {
    let leaf = leaf(key.hash)
    let home = leaf + key.hash.bucketNumber &* Leaf.bucketBytes
    if let slot = match(home, key) { return slot }
    if home.load(fromByteOffset: Leaf.control, as: UInt8.self) == 0 { return nil }
    let stash = leaf + Leaf.stashOffset
    return match(stash, key) ?? match(stash + Leaf.bucketBytes, key)
  }

  @inlinable @inline(__always)
  func match(_ bucket: UnsafeMutableRawPointer, _ key: Key) -> Slot? {
    var hits = hearth_match16(bucket, key.hash.tag) & Leaf.slotMask
    while hits != 0 {
      let slot = Slot(bucket, hits.trailingZeroBitCount)
      if item(slot.location).matches(key) { return slot }
      hits &= hits &- 1
    }
    return nil
  }

  /// The slot that points to exactly this location.
  func find(hash: UInt64, location: UInt32) -> Slot? {
    let leaf = leaf(hash)
    let home = leaf + hash.bucketNumber * Leaf.bucketBytes
    if let slot = match(home, hash, location) { return slot }
    if home.load(fromByteOffset: Leaf.control, as: UInt8.self) == 0 { return nil }
    let stash = leaf + Leaf.stashOffset
    return match(stash, hash, location) ?? match(stash + Leaf.bucketBytes, hash, location)
  }

  private func match(_ bucket: UnsafeMutableRawPointer, _ hash: UInt64, _ location: UInt32) -> Slot? {
    var hits = hearth_match16(bucket, hash.tag) & Leaf.slotMask
    while hits != 0 {
      let slot = Slot(bucket, hits.trailingZeroBitCount)
      if slot.location == location { return slot }
      hits &= hits &- 1
    }
    return nil
  }

  /// The slot of the large item with this key hash that owns the part at `location`.
  func findOwner(hash: UInt64, part location: UInt32) -> (slot: Slot, part: Int)? {
    let leaf = leaf(hash)
    let home = leaf + hash.bucketNumber * Leaf.bucketBytes
    for bucket in [home, leaf + Leaf.stashOffset, leaf + Leaf.stashOffset + Leaf.bucketBytes] {
      var hits = hearth_match16(bucket, hash.tag) & Leaf.slotMask
      while hits != 0 {
        let slot = Slot(bucket, hits.trailingZeroBitCount)
        let head = item(slot.location)
        if head.flags.contains(.large) {
          let descriptor = LargeDescriptor(at: head.value)
          for i in 0..<Int(descriptor.partCount) where descriptor.part(i) == location { return (slot, i) }
        }
        hits &= hits &- 1
      }
    }
    return nil
  }

  /// Adds an entry. Nil only when the index cannot grow.
  mutating func insert(hash: UInt64, location: UInt32) -> Slot? {
    while true {
      let leaf = leaf(hash)
      if let slot = place(in: leaf, hash: hash, location: location, frequency: 0) { return slot }
      if !split(leaf, hash: hash) { return nil }
    }
  }

  /// Puts an entry into a leaf that has room for it.
  func place(in leaf: UnsafeMutableRawPointer, hash: UInt64, location: UInt32, frequency: UInt8) -> Slot? {
    let home = leaf + hash.bucketNumber * Leaf.bucketBytes
    var bucket = home
    var free = hearth_match16(home, 0) & Leaf.slotMask
    if free == 0 {
      bucket = leaf + Leaf.stashOffset
      free = hearth_match16(bucket, 0) & Leaf.slotMask
      if free == 0 {
        bucket += Leaf.bucketBytes
        free = hearth_match16(bucket, 0) & Leaf.slotMask
        if free == 0 { return nil }
      }
      let count = home.load(fromByteOffset: Leaf.control, as: UInt8.self)
      home.storeBytes(of: count + 1, toByteOffset: Leaf.control, as: UInt8.self)
    }
    let slot = Slot(bucket, free.trailingZeroBitCount)
    slot.location = location
    slot.frequency = frequency
    slot.tag = hash.tag
    return slot
  }

  /// Removes an entry.
  func erase(_ slot: Slot, hash: UInt64) {
    slot.tag = 0
    slot.location = 0
    let home = home(hash)
    if slot.bucket != home {
      let count = home.load(fromByteOffset: Leaf.control, as: UInt8.self)
      home.storeBytes(of: count - 1, toByteOffset: Leaf.control, as: UInt8.self)
    }
  }

  // ---- ghost: fingerprints of keys evicted from the small queue, a short FIFO per bucket

  private func ghostRow(_ hash: UInt64) -> UnsafeMutableRawPointer {
    leaf(hash) + Leaf.indexBytes + hash.bucketNumber * Leaf.ghostRowBytes
  }

  func remember(_ hash: UInt64) {
    let row = ghostRow(hash).assumingMemoryBound(to: UInt16.self)
    var i = 7
    while i > 0 {
      row[i] = row[i - 1]
      i -= 1
    }
    row[0] = hash.fingerprint
  }

  /// True when the key was evicted from the small queue lately; it is then forgotten.
  func recall(_ hash: UInt64) -> Bool {
    let row = ghostRow(hash)
    let hits = hearth_match8x16(row, hash.fingerprint)
    if hits == 0 { return false }
    row.storeBytes(of: 0, toByteOffset: hits.trailingZeroBitCount * 2, as: UInt16.self)
    return true
  }
}
