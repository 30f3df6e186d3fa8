import CHearth
import Glibc

/// Growth of the index: extendible hashing (Fagin et al., 1979), one leaf at a time. A split moves about 130
/// entries and takes some tens of microseconds; nothing else ever moves.
extension Shard {
  /// Splits the full leaf in which `hash` belongs. False when the index cannot grow.
  mutating func split(_ leaf: UnsafeMutableRawPointer, hash: UInt64) -> Bool {
    let start = hearth_thread_cpu_ns()
    defer { noteHold(since: start) }
    let depthAt = Leaf.stashOffset + Leaf.control
    let depth = Int(leaf.load(fromByteOffset: depthAt, as: UInt8.self))
    if depth >= pool.pointee.geometry.maximumDepth { return false }
    guard let number = pool.allocateLeaf() else { return false }
    if pool.used > pool.limit { debt += leafBytes }
    if directoryMask == (1 << UInt64(depth)) - 1 { doubleDirectory() }

    let sibling = leaves + Int(number) * leafBytes
    leaf.storeBytes(of: UInt8(depth + 1), toByteOffset: depthAt, as: UInt8.self)
    sibling.storeBytes(of: UInt8(depth + 1), toByteOffset: depthAt, as: UInt8.self)
    if evicts {
      (sibling + Leaf.indexBytes).copyMemory(
        from: leaf + Leaf.indexBytes, byteCount: Leaf.buckets * Leaf.ghostRowBytes)
    }
    let bit = UInt64(1) << UInt64(depth)
    for bucket in 0..<(Leaf.buckets + Leaf.stash) { distribute(bucket, of: leaf, to: sibling, bit: bit) }

    // All directory entries that agree with the sibling in the low depth + 1 bits now lead to it.
    var entry = (hash & (bit - 1)) | bit
    while entry <= directoryMask {
      directory[Int(entry)] = number
      entry += bit << 1
    }
    counters.splits += 1
    return true
  }

  private mutating func doubleDirectory() {
    let size = Int(directoryMask) + 1
    (directory + size).update(from: directory, count: size)
    directoryMask = directoryMask << 1 | 1
    sem_post(pool.pointee.preparation)
  }

  private func distribute(
    _ number: Int, of leaf: UnsafeMutableRawPointer, to sibling: UnsafeMutableRawPointer, bit: UInt64
  ) {
    let bucket = leaf + number * Leaf.bucketBytes
    if number + 1 < Leaf.buckets + Leaf.stash {
      for i in 0..<Leaf.slots { hearth_prefetch(item(Slot(bucket + Leaf.bucketBytes, i).location).raw) }
    }
    let isStash = number >= Leaf.buckets
    for i in 0..<Leaf.slots {
      let slot = Slot(bucket, i)
      if slot.tag == 0 { continue }
      let (location, frequency) = (slot.location, slot.frequency)
      let entry = item(location)
      let hash = hearth_hash(entry.key, entry.keyLength)
      let moves = hash & bit != 0
      if !moves && !isStash { continue }
      let home = leaf + hash.bucketNumber * Leaf.bucketBytes
      // What stays in the stash goes home if the split made room there.
      if !moves && hearth_match16(home, 0) & Leaf.slotMask == 0 { continue }
      slot.tag = 0
      slot.location = 0
      if isStash {
        let count = home.load(fromByteOffset: Leaf.control, as: UInt8.self)
        home.storeBytes(of: count - 1, toByteOffset: Leaf.control, as: UInt8.self)
      }
      _ = place(in: moves ? sibling : leaf, hash: hash, location: location, frequency: frequency)
    }
  }
}
