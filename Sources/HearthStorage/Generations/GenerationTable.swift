import CHearth

/// A bump of a group: the clock that it ticked to, and when it was.
public struct Bump: Equatable, Sendable {
  /// Items stamped with less are void. 0: there was none.
  public var clock: UInt64 = 0
  /// When, milliseconds of the caller's clock.
  public var time: UInt64 = 0

  /// No bump.
  public init() {}

  init(clock: UInt64, time: UInt64) {
    self.clock = clock
    self.time = time
  }
}

/// The generations of one pool: a clock that each bump ticks, and for each bumped group the clock of its last
/// bump. An item carries the low half of the clock of its write and is valid if no group that covers it was
/// bumped after.
///
/// A group covers the key of its name and all keys that begin with its name and the delimiter; groups of at most
/// `levels` names are looked at. Lives at a fixed address as long as its pool. Look-ups need no lock but run under a
/// shard's, so that an old block can be freed once every shard's lock was free; bumps lock one part.
@usableFromInline
struct GenerationTable {
  /// Names of a group at most: a:b:c has three.
  static let levels = 8
  static let partCount = 64
  /// In place of a group's hash: none is void, only the clock has gone to the number.
  static let noGroup = UInt64.max
  static let firstSlots = 16

  struct Part {
    var lock: UInt32 = 0
    /// Address of the block in use, 0 none; atomic.
    var block: UInt64 = 0
  }

  /// Number of the last bump of any group. It begins with the wall clock, so that the numbers that clients see
  /// rise over a restart too.
  @usableFromInline var clock: UInt64
  /// The highest number that was heard of, at least the clock. Of pools with copies bumps come from several nodes, in no common order:
  /// what this node writes and renews goes by the clock, and what may be void by this.
  @usableFromInline var known: UInt64
  /// Whoever ticks the clock has it.
  var clockLock: UInt32 = 0
  /// The youngest stamp that came from another node.
  var seen: UInt64 = 0
  /// The last bump of the whole pool.
  var rootClock: UInt64 = 0
  var rootTime: UInt64 = 0
  /// Items with an older stamp are void: the sweep has renewed the stamps of all that were valid.
  var droppedUpTo: UInt64 = 0
  /// Groups bumped at this time or later have an entry still, whatever their clock. Only the sweep changes it.
  var keptSince: UInt64 = .max
  /// How long the time of a bump may be asked for, milliseconds; atomic. 0: not at all.
  var retention: UInt64 = 0
  let delimiter: UInt8
  let parts: UnsafeMutablePointer<Part>
  /// Bytes of all blocks; atomic.
  var bytes: UInt64 = 0
  /// Bytes that the blocks may take.
  let maximumBytes: UInt64
  /// What a group without an entry answers, by its hash: the highest clock of an entry that was dropped.
  let floors: UnsafeMutablePointer<UInt64>
  static let floorCount = 1024
  /// Bumps since the start.
  var bumps: UInt64 = 0
  var sweep = GenerationSweep()

  /// Above all numbers of an earlier start.
  static var firstClock: UInt64 { (hearth_wall_ns() / 1_000_000_000) << 20 }

  init(delimiter: UInt8, maximumBytes: Int) {
    clock = Self.firstClock
    known = clock
    self.delimiter = delimiter
    self.maximumBytes = UInt64(maximumBytes)
    parts = .allocate(capacity: Self.partCount)
    parts.initialize(repeating: Part(), count: Self.partCount)
    floors = .allocate(capacity: Self.floorCount)
    floors.initialize(repeating: clock, count: Self.floorCount)
  }

  static func block(_ part: UnsafeMutablePointer<Part>) -> GenerationBlock? {
    UnsafeMutableRawPointer(bitPattern: UInt(hearth_atomic_acquire64(&part.pointee.block)))
      .map { GenerationBlock(raw: $0) }
  }
}

typealias GenerationPointer = UnsafeMutablePointer<GenerationTable>

extension UnsafeMutablePointer<GenerationTable> {
  /// The clock now.
  @usableFromInline @inline(__always)
  var clock: UInt64 {
    hearth_atomic_acquire64(
      UnsafeMutableRawPointer(self) + MemoryLayout<GenerationTable>.offset(of: \.clock)!)
  }

  /// The highest number that was heard of.
  @usableFromInline @inline(__always)
  var known: UInt64 {
    hearth_atomic_acquire64(
      UnsafeMutableRawPointer(self) + MemoryLayout<GenerationTable>.offset(of: \.known)!)
  }

  /// Entry of the pool's hash for a group, never 0.
  static func hash(_ start: UnsafeRawPointer, _ count: Int) -> UInt64 {
    Swift.max(1, hearth_hash(start, count))
  }

  func part(_ hash: UInt64) -> UnsafeMutablePointer<GenerationTable.Part> {
    pointee.parts + Int(truncatingIfNeeded: hash &>> 58)
  }

  /// The whole clock of a stamp, which is less than 2^31 bumps away from a number. One that came from another node may be younger than
  /// all numbers here, until the bumps in between have come too.
  @inline(__always)
  func expand(_ stamp: UInt32, near number: UInt64) -> UInt64 {
    let distance = Int32(bitPattern: stamp &- UInt32(truncatingIfNeeded: number))
    return number &+ UInt64(bitPattern: Int64(distance))
  }

  /// A group that covers the key was bumped after the stamp. At most nine look-ups; one compare if nothing at
  /// all was bumped since.
  @usableFromInline
  func isVoid(_ stamp: UInt32, _ key: UnsafeRawPointer, _ count: Int) -> Bool {
    let known = self.known
    let written = expand(stamp, near: known)
    return written < known && isVoid(since: written, key, count)
  }

  func isVoid(since written: UInt64, _ key: UnsafeRawPointer, _ count: Int) -> Bool {
    written < hearth_atomic_load64(&pointee.droppedUpTo) || wasBumped(since: written, key, count)
  }

  /// A group that covers the key was bumped after that clock. Sure only where the bump has an entry: for items since
  /// the last sweep, for leases as long as `retention`.
  func wasBumped(since written: UInt64, _ key: UnsafeRawPointer, _ count: Int) -> Bool {
    if written < hearth_atomic_load64(&pointee.rootClock) { return true }
    var isVoid = false
    forEachGroup(of: key, count) { slot in
      isVoid = GenerationBlock.clock(slot) > written
      return !isVoid
    }
    return isVoid
  }

  /// The last bump of any group that covers the key.
  func lastBump(_ key: UnsafeRawPointer, _ count: Int) -> Bump {
    var last = Bump(
      clock: hearth_atomic_load64(&pointee.rootClock), time: hearth_atomic_load64(&pointee.rootTime))
    forEachGroup(of: key, count) { slot in
      let clock = GenerationBlock.clock(slot)
      if clock > last.clock { last = Bump(clock: clock, time: GenerationBlock.time(slot)) }
      return true
    }
    return last
  }

  /// Shows the entries of the groups that cover the key, until `body` says false.
  @inline(__always)
  private func forEachGroup(
    of key: UnsafeRawPointer, _ count: Int, _ body: (UnsafeMutableRawPointer) -> Bool
  ) {
    let bytes = key.assumingMemoryBound(to: UInt8.self)
    let delimiter = pointee.delimiter
    var levels = 0
    for i in 1..<Swift.max(count, 1) where bytes[i] == delimiter {
      levels += 1
      if let slot = entry(Self.hash(key, i)), !body(slot) { return }
      if levels == GenerationTable.levels { return }
    }
    if let slot = entry(Self.hash(key, count)) { _ = body(slot) }
  }

  /// The entry of a group; nil when it was not bumped.
  @inline(__always)
  func entry(_ hash: UInt64) -> UnsafeMutableRawPointer? {
    GenerationTable.block(part(hash))?.find(hash)
  }
}
