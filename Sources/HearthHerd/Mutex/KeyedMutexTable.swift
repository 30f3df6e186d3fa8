import CHearth

/// All mutexes of the side port, by the MD5 of their key.
///
/// Pure: it knows no clock, lock or socket. The caller keeps one behind a pointer, takes its lock before
/// every call (only `hasWaiters(_:)` may be asked without, with the word that it took before), gives the time in milliseconds of a clock that
/// never goes back, and carries out the actions after the lock is gone. Every call is O(1), or takes as long
/// as there are waiters to tell.
///
/// A key is held by one peer or not at all; peers wait only for a key that is held, and an owner's time is
/// limited, so nobody waits for ever.
public struct KeyedMutexTable: ~Copyable {
  /// Number of peers that wait, for `hasWaiters(_:)`. Lives as long as the table, in a cache line of its own, because
  /// threads without the lock read it.
  public let waitingWord: UnsafePointer<UInt32>
  /// Rules and bounds; what is held keeps the time-out it began with, but never outlives one that began
  /// later.
  public var options: MutexOptions
  /// What happened since the start.
  public internal(set) var counters = MutexCounters()

  static var largest: Int { 1 << 18 }
  private let seed: UInt64
  private let bucketMask: UInt32
  private var buckets: UnsafeMutablePointer<UInt32>?
  var holds: Slab<MutexHold>
  var claims: Slab<MutexClaimRecord>
  /// Ends of the list of holds in the order of their deadlines.
  var earliest: UInt32 = 0
  var latest: UInt32 = 0
  var lastSerial: UInt64 = 0

  /// A table for about `options.maximumPeers` peers. `seed` is random: it keeps clients, who choose the
  /// digests, from making keys collide.
  public init(_ options: MutexOptions, seed: UInt64) {
    let word = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    waitingWord = UnsafePointer(word.initializeMemory(as: UInt32.self, repeating: 0, count: 16))
    self.options = options
    self.seed = seed
    var buckets = 16
    while buckets < min(options.maximumPeers, Self.largest) { buckets *= 2 }
    bucketMask = UInt32(buckets - 1)
    holds = Slab(capacity: Self.largest)
    claims = Slab(capacity: Self.largest)
  }

  deinit {
    buckets?.deallocate()
    waitingWord.deallocate()
  }

  /// Whether any peer waits, by the `waitingWord` of a table whose lock is not held. Only then a set of the cache is
  /// worth an MD5.
  @inlinable @inline(__always)
  public static func hasWaiters(_ waitingWord: UnsafePointer<UInt32>) -> Bool {
    hearth_atomic_load32(waitingWord) != 0
  }

  /// Keys held.
  public var held: Int { holds.used }
  /// Peers that wait.
  public var waitingPeers: Int { Int(waiting) }
  var waiting: UInt32 { hearth_atomic_load32(waitingWord) }
  /// Memory allocated.
  public var bytes: Int {
    holds.bytes + claims.bytes + (buckets == nil ? 0 : (Int(bucketMask) + 1) * MemoryLayout<UInt32>.stride)
  }
  /// When `tick` has something to do, milliseconds; the largest number when it has not.
  public var nextDeadline: UInt64 { earliest == 0 ? .max : holds[earliest].pointee.deadline }

  /// Others read the number without the lock.
  func setWaiting(_ count: UInt32) {
    hearth_atomic_store32(UnsafeMutablePointer(mutating: waitingWord), count)
  }

  func find(_ key: MutexKey) -> UInt32 {
    guard let buckets else { return 0 }
    var number = buckets[bucket(key)]
    while number != 0 && holds[number].pointee.key != key { number = holds[number].pointee.next }
    return number
  }

  private func bucket(_ key: MutexKey) -> Int { Int(truncatingIfNeeded: key.hash(seed)) & Int(bucketMask) }

  /// A new hold without an owner, at the end of the order of deadlines. 0: no room.
  mutating func insert(_ key: MutexKey, now: UInt64) -> UInt32 {
    if buckets == nil {
      buckets = .allocate(capacity: Int(bucketMask) + 1)
      buckets.unsafelyUnwrapped.initialize(repeating: 0, count: Int(bucketMask) + 1)
    }
    let buckets = buckets.unsafelyUnwrapped
    let place = bucket(key)
    let hold = MutexHold(next: buckets[place], key: key, owner: 0, since: now, deadline: 0)
    let number = holds.take(hold, allowance: .max)
    if number == 0 { return 0 }
    buckets[place] = number
    appendToOrder(number, now: now)
    return number
  }

  /// Forgets a hold without claims.
  mutating func remove(_ number: UInt32) {
    let hold = holds[number]
    let buckets = buckets.unsafelyUnwrapped
    let place = bucket(hold.pointee.key)
    if buckets[place] == number {
      buckets[place] = hold.pointee.next
    } else {
      var before = buckets[place]
      while holds[before].pointee.next != number { before = holds[before].pointee.next }
      holds[before].pointee.next = hold.pointee.next
    }
    removeFromOrder(number)
    hold.pointee.isListed = false
    holds.give(number)
  }
}
