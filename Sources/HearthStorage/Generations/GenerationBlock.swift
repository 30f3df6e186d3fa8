import CHearth
import Glibc

/// The bumped groups of one part of a table, by hash: a filter of bits, which answers nearly all look-ups of groups
/// that were never bumped, and behind it open addressing. One allocation, never moved; readers need no lock. It
/// grows by being replaced.
///
///     0 slots | 8 entries | 16 slots x { hash | clock | milliseconds } | filter, 16 bits a slot
struct GenerationBlock {
  static let headerBytes = 16
  static let slotBytes = 24
  /// Bits of the filter for each slot; slots are at most half full.
  static let filterBits = 16

  let raw: UnsafeMutableRawPointer

  /// Bytes of a block with so many slots, a power of two.
  static func bytes(slots: Int) -> Int { headerBytes + slots * (slotBytes + filterBits / 8) }

  /// An empty block. Nil without memory.
  static func make(slots: Int) -> GenerationBlock? {
    guard let raw = calloc(1, bytes(slots: slots)) else { return nil }
    raw.storeBytes(of: UInt64(slots), as: UInt64.self)
    return GenerationBlock(raw: raw)
  }

  init(raw: UnsafeMutableRawPointer) { self.raw = raw }

  func free() { Glibc.free(raw) }

  var slots: Int { Int(raw.load(as: UInt64.self)) }
  /// Only whoever changes the part reads or writes the number.
  var count: Int {
    get { Int(raw.load(fromByteOffset: 8, as: UInt64.self)) }
    nonmutating set { raw.storeBytes(of: UInt64(newValue), toByteOffset: 8, as: UInt64.self) }
  }

  func slot(_ i: Int) -> UnsafeMutableRawPointer { raw + (Self.headerBytes + i * Self.slotBytes) }

  /// The word of the filter for a hash, and its bit. Other bits of the hash than those that choose the slot.
  private func filter(_ hash: UInt64) -> (word: UnsafeMutableRawPointer, bit: UInt64) {
    let slots = slots
    let bit = Int(truncatingIfNeeded: hash &>> 24) & (slots &* Self.filterBits &- 1)
    let words = raw + (Self.headerBytes &+ slots &* Self.slotBytes)
    return (words + (bit &>> 6) &* 8, 1 &<< UInt64(bit & 63))
  }

  /// The slot of a group; nil when it was not bumped.
  @inline(__always)
  func find(_ hash: UInt64) -> UnsafeMutableRawPointer? {
    let (word, bit) = filter(hash)
    if hearth_atomic_load64(word) & bit == 0 { return nil }
    let mask = slots &- 1
    var i = Int(truncatingIfNeeded: hash) & mask
    while true {
      let slot = slot(i)
      let found = hearth_atomic_acquire64(slot)
      if found == hash { return slot }
      if found == 0 { return nil }
      i = (i &+ 1) & mask
    }
  }

  /// Records a bump. A new group needs a free slot; its clock is there before its hash.
  func set(_ hash: UInt64, _ bump: Bump) {
    if let slot = find(hash) {
      hearth_atomic_store64(slot + 16, bump.time)
      hearth_atomic_release64(slot + 8, bump.clock)
      return
    }
    let mask = slots - 1
    var i = Int(truncatingIfNeeded: hash) & mask
    while hearth_atomic_load64(slot(i)) != 0 { i = (i + 1) & mask }
    let slot = slot(i)
    hearth_atomic_store64(slot + 8, bump.clock)
    hearth_atomic_store64(slot + 16, bump.time)
    hearth_atomic_release64(slot, hash)
    let (word, bit) = filter(hash)
    hearth_atomic_store64(word, hearth_atomic_load64(word) | bit)
    count += 1
  }

  /// Shows every group. For whoever changes the part.
  func forEach(_ body: (_ hash: UInt64, _ bump: Bump) -> Void) {
    for i in 0..<slots {
      let slot = slot(i)
      let hash = hearth_atomic_load64(slot)
      if hash != 0 { body(hash, Bump(clock: Self.clock(slot), time: Self.time(slot))) }
    }
  }

  static func clock(_ slot: UnsafeMutableRawPointer) -> UInt64 { hearth_atomic_acquire64(slot + 8) }
  static func time(_ slot: UnsafeMutableRawPointer) -> UInt64 { hearth_atomic_load64(slot + 16) }
}
