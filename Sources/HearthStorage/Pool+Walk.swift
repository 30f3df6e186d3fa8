import CHearth

/// Where a walk over a pool stands: a shard, and a position in the bit-reversed hash space of its directory, in
/// which a leaf covers a range that a split only divides. So every item that stays is met exactly once, however
/// the index grows meanwhile.
public struct WalkCursor: Sendable {
  var shard = 0
  var position: UInt64 = 0
  /// Which part of the leaf comes next, of how many.
  var part: UInt8 = 0
  var parts: UInt8 = 1

  /// The beginning.
  public init() {}

  /// Where another walk stood, from its `state`.
  public init(state: (Int, UInt64)) { (shard, position) = state }

  /// A leaf ends here.
  public var isBetweenLeaves: Bool { part == 0 }

  /// The place, but for the part of a leaf, to be kept by those who do not know this type.
  public var state: (Int, UInt64) { (shard, position) }
}

extension Pool {
  /// Shows the live items of the next leaf (some hundreds at most) under its lock. False at the end.
  ///
  /// - Parameter parts: In how many calls a leaf is shown, 1...64, for who copies what is shown. The items of a part have tags of one
  ///   kind, which they keep wherever they are moved. If the leaf is divided meanwhile, some are shown twice.
  public func walk(
    _ cursor: inout WalkCursor, parts: Int = 1, now: UInt32, body: (Item, UInt64) -> Void
  ) -> Bool {
    if cursor.shard > shardMask { return false }
    if cursor.part == 0 { cursor.parts = UInt8(min(max(parts, 1), 64)) }
    let shard = shards + cursor.shard
    hearth_lock(Pool.lockWord(shard))
    defer { hearth_unlock(Pool.lockWord(shard)) }
    let table = state.pointee.journal == nil ? nil : state.pointee.generations
    let entry = UInt64(UInt32(truncatingIfNeeded: cursor.position).bitReversed) & shard.pointee.directoryMask
    let leaf = shard.pointee.leaf(entry)
    let depth = leaf.load(fromByteOffset: Leaf.stashOffset + Leaf.control, as: UInt8.self)
    for number in 0..<(Leaf.buckets + Leaf.stash) {
      let bucket = leaf + number * Leaf.bucketBytes
      for i in 0..<Leaf.slots {
        let slot = Slot(bucket, i)
        if slot.tag == 0 || slot.tag % cursor.parts != cursor.part { continue }
        let location = slot.location
        let item = shard.pointee.item(location)
        if shard.pointee.isDoubtful(item, at: location, now: now),
          shard.pointee.validity(item, at: location, now: now) != .live
        {
          continue
        }
        // A copy of it is to be as young as it can be: other nodes forget old bumps as this one does.
        if let table, !shard.pointee.renewStamp(item, table) { continue }
        body(Item(item), shard.pointee.cas(of: item, at: location))
      }
    }
    cursor.part += 1
    if cursor.part < cursor.parts { return true }
    cursor.part = 0
    cursor.position += 1 << (32 - UInt64(depth))
    if cursor.position > UInt64(UInt32.max) {
      cursor.position = 0
      cursor.shard += 1
    }
    return true
  }
}

extension UInt32 {
  fileprivate var bitReversed: UInt32 {
    var v = self
    v = (v >> 1) & 0x5555_5555 | (v & 0x5555_5555) << 1
    v = (v >> 2) & 0x3333_3333 | (v & 0x3333_3333) << 2
    v = (v >> 4) & 0x0f0f_0f0f | (v & 0x0f0f_0f0f) << 4
    return v.byteSwapped
  }
}
