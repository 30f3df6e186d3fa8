import CHearth

/// One part of the daemon's leases, hold-offs and parked readers, by key.
///
/// Pure: it knows no clock, lock or socket. The caller keeps one for each of its locks behind a pointer for
/// the life of the process, takes the lock before every call (only `isEmpty(_:)` may be asked without), gives
/// the time in milliseconds of a clock that never goes back, and carries out the actions after the lock is
/// gone. Every call is O(1), but for the O(log n) of the order of deadlines; a call that releases readers
/// takes as long as there are readers to release.
///
/// A key has at most one lease. Readers are parked only behind a lease, so every reader's wait ends with a
/// write, with the end of a lease, or with its patience. Without room for another entry a key goes
/// unprotected; counted as spilled.
public struct LeaseTable: ~Copyable {
  /// Number of keys with an entry, for `isEmpty(_:)`. Lives as long as the table, in a cache line of its own, because
  /// threads without the lock read it.
  public let occupiedWord: UnsafeMutablePointer<UInt32>
  let bucketMask: UInt32
  let maximumBytes: Int
  /// First entry of each bucket. Comes with the first entry, as the heap does.
  var buckets: UnsafeMutablePointer<UInt32>?
  /// Entries, the one with the earliest deadline first: a binary heap.
  var heap: UnsafeMutablePointer<UInt32>?
  var entries: Slab<LeaseEntry>
  var waiters: Slab<LeaseWaiter>
  var keyBytes = 0
  let pools: UnsafeMutablePointer<LeasePool>
  /// Number of pools counted apart; those beyond are counted with the last.
  public let poolCount: Int
  var lastSerial: UInt64 = 0

  /// A table that will hold at most so many keys and parked readers, and at most so much memory beyond its
  /// counters.
  public init(capacity: Int, waiters: Int, maximumBytes: Int, pools: Int) {
    precondition(capacity > 0 && capacity <= 1 << 24 && waiters > 0 && pools > 0)
    let word = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    occupiedWord = word.initializeMemory(as: UInt32.self, repeating: 0, count: 16)
    var buckets = 16
    while buckets < capacity { buckets *= 2 }
    bucketMask = UInt32(buckets - 1)
    self.maximumBytes = maximumBytes
    entries = Slab(capacity: capacity)
    self.waiters = Slab(capacity: waiters)
    poolCount = pools
    self.pools = .allocate(capacity: pools)
    self.pools.initialize(repeating: LeasePool(), count: pools)
  }

  deinit {
    if let heap {
      for place in 0..<Int(occupied) { entries[heap[place]].pointee.key.deallocate() }
      heap.deallocate()
    }
    buckets?.deallocate()
    pools.deallocate()
    occupiedWord.deallocate()
  }

  /// Nothing is known of any key: there is nothing to end, release or refuse. The test to make before a
  /// write.
  public var isEmpty: Bool { occupied == 0 }
  var occupied: UInt32 { hearth_atomic_load32(occupiedWord) }

  /// `isEmpty` by the `occupiedWord` of a table whose lock is not held. A writer that has stored its value and then sees an empty
  /// table has nobody to release, because a reader is parked only after it looked for the value under the
  /// table's lock.
  @inlinable @inline(__always)
  public static func isEmpty(_ occupiedWord: UnsafePointer<UInt32>) -> Bool {
    hearth_atomic_load32(occupiedWord) == 0
  }

  /// Memory allocated, beyond the counters.
  public var bytes: Int { indexBytes + entries.bytes + waiters.bytes + keyBytes }

  /// Keys with a lease or a hold-off.
  public var count: Int { Int(occupied) }

  /// Readers parked.
  public var parkedReaders: Int { waiters.used }

  /// When `tick` has something to do, milliseconds; the largest number when it has not.
  public var nextDeadline: UInt64 {
    guard occupied != 0, let heap else { return .max }
    return entries[heap[0]].pointee.deadline
  }

  /// What happened in one pool.
  public func counters(pool: UInt16) -> HerdCounters { self.pool(pool).pointee.counters }

  func pool(_ number: UInt16) -> UnsafeMutablePointer<LeasePool> { pools + min(Int(number), poolCount - 1) }

  /// Room for so many more bytes?
  var allowance: Int { maximumBytes - bytes }

  private var indexBytes: Int { buckets == nil ? 0 : indexCost }
  private var indexCost: Int { (Int(bucketMask) + 1 + entries.capacity) * MemoryLayout<UInt32>.stride }

  /// The bucket of a hash. Its low bits may be the same for all keys of the table, so others are mixed in.
  func bucket(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: (hash &* 0x9e37_79b9_7f4a_7c15) &>> 32) & Int(bucketMask)
  }

  /// Allocates buckets and heap. False: not enough memory allowed.
  mutating func makeIndex() -> Bool {
    if buckets != nil { return true }
    if indexCost > allowance { return false }
    let buckets = UnsafeMutablePointer<UInt32>.allocate(capacity: Int(bucketMask) + 1)
    buckets.initialize(repeating: 0, count: Int(bucketMask) + 1)
    self.buckets = buckets
    heap = .allocate(capacity: entries.capacity)
    return true
  }
}
