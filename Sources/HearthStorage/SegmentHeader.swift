/// The 64 bytes that describe one segment. Headers stand in a dense array of their own, so that choosing a
/// victim does not touch the items. Protected by the shard's lock.
@usableFromInline
struct SegmentHeader {
  /// Rises with every opening in the shard; with offset and mutation count it gives an item's CAS.
  @usableFromInline var incarnation: UInt64 = 0
  /// Mean expiry of the items ever written here, seconds; 0 without any.
  @usableFromInline var meanExpiry: UInt32 = 0
  /// Earliest expiry, seconds.
  @usableFromInline var minExpiry: UInt32 = .max
  /// Latest expiry, seconds; `UInt32.max` when an item never expires.
  @usableFromInline var maxExpiry: UInt32 = 0
  /// When it was opened, seconds.
  @usableFromInline var created: UInt32 = 0
  /// Bytes written.
  @usableFromInline var writeOffset: UInt32 = 0
  /// Bytes of items that are not dead.
  @usableFromInline var liveBytes: UInt32 = 0
  @usableFromInline var liveItems: UInt32 = 0
  @usableFromInline var totalItems: UInt32 = 0
  /// Neighbours in a queue, next in the free list, or next whole segment of a large value; 0 none.
  @usableFromInline var next: UInt32 = 0
  @usableFromInline var previous: UInt32 = 0
  /// Readers and unfinished writers that need the bytes to stay.
  @usableFromInline var pins: UInt32 = 0
  @usableFromInline var state: SegmentState = .unused
  @usableFromInline var queue: Queue = .small
  @usableFromInline var ttlClass: UInt8 = 0
  /// Already on the list of sparse segments.
  @usableFromInline var isListedSparse = false
  /// Kept for the checksum of a saved arena.
  @usableFromInline var checksum: UInt32 = 0
  @usableFromInline var reserved: UInt32 = 0

  @usableFromInline init() {}
}

@usableFromInline
enum SegmentState: UInt8 {
  /// Never used, or given back to the system.
  case unused
  /// Holds memory, waits on the free list.
  case free
  /// Items are being appended.
  case open
  /// Full; stands in its queue.
  case sealed
  /// The scan is going through it.
  case scanning
  /// Scanned, but pinned.
  case draining
  /// Whole segment of a large value.
  case large
  /// Like large, but its item is gone; freed with the last pin of the first of the chain.
  case largeDying
}

/// The two queues of S3-FIFO (Yang et al., SOSP'23).
@usableFromInline
enum Queue: UInt8 {
  case small = 0
  case main = 1
}
