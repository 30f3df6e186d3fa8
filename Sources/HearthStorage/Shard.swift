import CHearth
import Synchronization

/// One shard of a pool: a lock, its part of the index, its segments and queues. Lives at a fixed address;
/// everything but the lock is touched only while the lock is held (prefetching reads the directory without).
@usableFromInline
struct Shard: ~Copyable {
  /// Must stay the first field: the lock is taken through the shard's address. A type with an `Atomic` cannot be held in
  /// registers, which keeps the compiler from copying whole shards for calls of methods that change nothing.
  @usableFromInline let lockWord = Atomic<UInt32>(0)
  @usableFromInline var segmentShift: UInt32
  @usableFromInline var locationShift: UInt32
  @usableFromInline var leafBytes: Int
  @usableFromInline var directoryMask: UInt64
  @usableFromInline let directory: UnsafeMutablePointer<UInt32>
  @usableFromInline let leaves: UnsafeMutableRawPointer
  @usableFromInline let segments: UnsafeMutableRawPointer
  @usableFromInline let headers: UnsafeMutablePointer<SegmentHeader>
  @usableFromInline let pool: UnsafeMutablePointer<PoolState>

  // Validity
  /// Segments opened before this incarnation hold flushed items only.
  @usableFromInline var fence: UInt64 = 0
  /// A flush happened and the scan has not passed all older segments yet.
  @usableFromInline var fenceIsUp = false
  @usableFromInline var evicts: Bool
  /// Fields that items get besides those that their info asks for; `life` only with an expiry.
  var extraFields: ItemFlags = []

  // Segments
  @usableFromInline var nextIncarnation: UInt64
  @usableFromInline var freeHead: UInt32 = 0
  @usableFromInline var freeCount: Int = 0
  /// Segments whose memory was given back; they count as never used.
  var releasedHead: UInt32 = 0
  var nextVirgin: UInt32 = 1
  /// Segments that hold memory, in any state but unused.
  @usableFromInline var segmentCount: Int = 0
  var largeSegments: Int = 0
  /// Bytes by which the index has overdrawn the limit on this shard's account.
  @usableFromInline var debt: Int = 0
  var queueHead: (UInt32, UInt32) = (0, 0)
  var queueTail: (UInt32, UInt32) = (0, 0)
  /// Segments of each queue, open ones included.
  var queueCount: (Int, Int) = (0, 0)
  /// Open segment by queue and TTL class; 0 none.
  let open: UnsafeMutablePointer<UInt32>
  var openCount: (Int, Int) = (0, 0)
  /// Stack of sealed segments that fell under 60 % live.
  let sparse: UnsafeMutablePointer<UInt32>
  var sparseCount: Int = 0

  // The scan
  var scanSegment: UInt32 = 0
  var scanOffset: UInt32 = 0
  var scanMode: ScanMode = .expire
  /// Live bytes of the segment when its scan began, and bytes copied out of it.
  var scanFirstLive: UInt32 = 0
  var scanKept: Int = 0
  /// Scans in a row that kept more than nine tenths.
  var fruitlessScans: Int = 0
  let scanOffsets: UnsafeMutablePointer<UInt32>
  let scanHashes: UnsafeMutablePointer<UInt64>
  /// Where the search for expired segments goes on.
  var sweepCursor: UInt32 = 1
  /// Segments older than the fence that the sweep has met in this round.
  var sweepMetFlushed = false

  /// Longest CPU time under the lock, nanoseconds.
  var longestHold: UInt64 = 0

  // Live data
  @usableFromInline var liveBytes: Int = 0
  @usableFromInline var liveItems: Int = 0
  @usableFromInline var counters = ShardCounters()

  init(
    pool: UnsafeMutablePointer<PoolState>, geometry: Geometry, kind: PoolKind, incarnation: UInt64,
    leafBytes: Int, leaves: UnsafeMutableRawPointer, directory: UnsafeMutablePointer<UInt32>,
    segments: UnsafeMutableRawPointer, headers: UnsafeMutablePointer<SegmentHeader>,
    sparse: UnsafeMutablePointer<UInt32>
  ) {
    self.pool = pool
    self.segmentShift = UInt32(geometry.segmentShift)
    self.locationShift = UInt32(geometry.locationShift)
    self.leafBytes = leafBytes
    self.leaves = leaves
    self.directory = directory
    self.directoryMask = 0
    self.segments = segments
    self.headers = headers
    self.sparse = sparse
    self.nextIncarnation = incarnation
    self.evicts = kind == .cache
    if pool.pointee.generations != nil { extraFields.insert(.stamp) }
    open = .allocate(capacity: 2 * TTLClass.count)
    open.initialize(repeating: 0, count: 2 * TTLClass.count)
    scanOffsets = .allocate(capacity: Shard.scanBatch)
    scanOffsets.initialize(repeating: 0, count: Shard.scanBatch)
    scanHashes = .allocate(capacity: Shard.scanBatch)
    scanHashes.initialize(repeating: 0, count: Shard.scanBatch)
  }

  /// Free segments that a write finds or makes before it begins; all but one are kept for the scan's copies.
  @usableFromInline
  var reserve: Int { evicts ? 2 : 4 }

  /// Items per lock hold of the scan.
  static let scanBatch = 64

  @inlinable @inline(__always)
  var segmentSize: Int { 1 &<< Int(segmentShift) }

  /// The item at a location.
  @inlinable @inline(__always)
  func item(_ location: UInt32) -> ItemPointer {
    // Segment number and offset are adjacent in the location, and segments are adjacent in the region: the
    // location is simply the offset in the region, in units of 4 bytes.
    ItemPointer(segments + Int(location) &* 4)
  }

  @inlinable @inline(__always)
  func segmentNumber(_ location: UInt32) -> Int { Int(location &>> locationShift) }

  @inlinable @inline(__always)
  func location(segment: Int, offset: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: segment &<< Int(locationShift) &+ offset &>> 2)
  }

  @inlinable @inline(__always)
  func base(of segment: Int) -> UnsafeMutableRawPointer { segments + segment &<< Int(segmentShift) }

  /// CAS that follows from where an item is: 64 - 23 bits of incarnation, 15 of offset, 8 of mutations.
  @inlinable @inline(__always)
  func derivedCAS(location: UInt32, mutations: UInt8) -> UInt64 {
    let offset = UInt64(location & (1 &<< locationShift &- 1))
    return headers[segmentNumber(location)].incarnation &<< 23 | offset &<< 8 | UInt64(mutations)
  }

  @inlinable @inline(__always)
  func cas(of item: ItemPointer, at location: UInt32) -> UInt64 {
    if item.flags.contains(.explicitCAS) { return item.explicitCAS }
    return derivedCAS(location: location, mutations: item.mutations)
  }

  /// Called at the end of the work that may take long under the lock: splits and steps of the scan. All else is a
  /// look-up and a copy of at most an inline value.
  mutating func noteHold(since start: UInt64) {
    longestHold = max(longestHold, hearth_thread_cpu_ns() &- start)
  }

  /// Mean size of a live item, bytes.
  var meanItemBytes: Int { liveBytes / max(liveItems, 1) }
}

/// What happened in a shard; sums over shards are the pool's statistics.
@usableFromInline
struct ShardCounters {
  @usableFromInline var totalItems: UInt64 = 0
  var evictions: UInt64 = 0
  var evictedUnfetched: UInt64 = 0
  var evictedExpiring: UInt64 = 0
  @usableFromInline var reclaimed: UInt64 = 0
  @usableFromInline var expiredUnfetched: UInt64 = 0
  @usableFromInline var flushed: UInt64 = 0
  @usableFromInline var outOfMemory: UInt64 = 0
  /// Items copied from the small to the main queue.
  var promoted: UInt64 = 0
  /// Items copied within their queue.
  var reinserted: UInt64 = 0
  var compacted: UInt64 = 0
  var scanned: UInt64 = 0
  var scans: UInt64 = 0
  var ghostHits: UInt64 = 0
  var splits: UInt64 = 0
  /// Seconds since its last access of the item evicted last.
  var lastEvictedAge: UInt32 = 0

  @usableFromInline init() {}
}
