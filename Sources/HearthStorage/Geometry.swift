/// Sizes that follow from a pool's memory. Fixed for the life of the pool.
///
/// A location is 32 bits: the segment's number within its shard, then the offset in units of 4 bytes. Segment
/// 0 does not exist, so location 0 means "no item".
@usableFromInline
struct Geometry {
  /// log2 of the segment size: 14 (16 KiB) ... 17 (128 KiB).
  @usableFromInline let segmentShift: Int
  /// Number of shards, a power of two, at most 256.
  @usableFromInline let shards: Int
  /// Segments that a shard's region has address space for, including the unused number 0.
  @usableFromInline let segmentsPerShard: Int
  /// Index leaves that the pool has address space for.
  @usableFromInline let maximumLeaves: Int
  /// log2 of the largest directory of one shard.
  @usableFromInline let maximumDepth: Int

  @inlinable @inline(__always)
  var segmentSize: Int { 1 &<< segmentShift }
  /// Bytes of a huge page, at which regions begin.
  static let hugePage = 2 << 20
  var segmentsPerHugePage: Int { Geometry.hugePage >> segmentShift }
  /// Huge pages save address translation on every look-up; in a small pool their rounding would cost more memory
  /// than that is worth.
  let usesHugePages: Bool
  @inlinable @inline(__always)
  var locationShift: Int { segmentShift &- 2 }
  /// Values up to this many bytes are stored in one piece and copied under the lock; larger ones are cut into
  /// whole segments and parts.
  @inlinable
  var inlineLimit: Int { segmentSize / 8 }

  init(memory: Int, maximumMemory: Int, workers: Int) {
    usesHugePages = memory >= 256 << 20
    // At least 1,024 segments, so that queues and TTL classes have room; 128 KiB where memory allows.
    var shift = 17
    while shift > 14 && memory >> shift < 1024 { shift -= 1 }
    segmentShift = shift
    let segments = memory >> shift
    // About eight shards per worker keep workers out of each other's way; one alone needs fewer, and every
    // shard has open and reserved segments of its own.
    let wanted = min(max(segments / 256, 1), workers == 1 ? 4 : 8 * workers)
    var count = 1
    while count * 2 <= wanted && count < 256 { count *= 2 }
    let regionLimit = (1 << (32 - (shift - 2))) - 1
    // A shard must be able to grow with the pool, and to hold more than its share.
    while count < 256 && 2 * ((maximumMemory >> shift) / count) > regionLimit { count *= 2 }
    shards = count
    // Regions begin on huge page boundaries.
    let perHugePage = Geometry.hugePage >> shift
    let wantedSegments = ((maximumMemory >> shift) + 2 + perHugePage) / perHugePage * perHugePage
    segmentsPerShard = min(wantedSegments, (regionLimit + 1) / perHugePage * perHugePage)
    let items = maximumMemory / 24
    maximumLeaves = items / 192 + 4 * count
    var depth = 4
    while 1 << depth < 8 * maximumLeaves / count && depth < 26 { depth += 1 }
    maximumDepth = depth
  }
}
