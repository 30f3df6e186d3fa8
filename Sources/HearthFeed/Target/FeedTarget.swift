/// What a feed does to the store. The server implements it; any thread of a feed may call it, one at a time for a key.
public protocol FeedTarget: AnyObject, Sendable {
  /// Stores a value as a set does, whatever is there. Whoever waits for the key is told.
  /// - Parameters:
  ///   - ttl: Seconds until it expires; 0: never.
  ///   - note: What the feed wants to know if the outcome comes later.
  func store(
    pool: Int, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, flags: UInt32, ttl: UInt32,
    note: FeedNote
  ) -> FeedStoreOutcome

  /// Stores a value, unless the key has it. Answers what was there, and how storing ended if it was not that.
  func repair(
    pool: Int, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, flags: UInt32, ttl: UInt32,
    note: FeedNote
  ) -> (found: FeedComparison, outcome: FeedStoreOutcome)

  /// The key will be stored or removed soon: brings what is to be touched nearer, without a lock and without effect. Called
  /// twice: first when it is far, to find its place, then when it is near.
  func prefetch(pool: Int, key: UnsafeRawBufferPointer, isNear: Bool)

  /// Removes the key. Sets of values that may have been read before are held off where the pool says so.
  /// Returns whether it was there; false where the outcome comes later.
  @discardableResult
  func remove(pool: Int, key: UnsafeRawBufferPointer, note: FeedNote) -> Bool

  /// Compares without counting as a read. Waits for the answer where that comes later.
  func compare(
    pool: Int, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, flags: UInt32
  ) -> FeedComparison

  /// The pool never evicts, so that it must hold everything or fail.
  func isDeterministic(pool: Int) -> Bool

  /// Limit of the pool's memory, bytes.
  func memory(pool: Int) -> Int

  /// Makes a group of keys void.
  func bump(group: UnsafeRawBufferPointer)

  /// Whether the pool answers reads.
  func setReadiness(pool: Int, _ readiness: FeedReadiness)

  /// The feed's pools have copies on other nodes, one of which may have to go on with it: it is told of each place.
  var wantsPlaces: Bool { get }

  /// All up to a place in the log is stored.
  func note(_ place: FeedPlace)

  /// Where the feed had come to on the node that ran it before; nil: it begins.
  var inheritedPlace: FeedPlace? { get }

  /// Shows some hundred keys of the pool, those at least that begin with `prefix`, under a lock of the store: `body` must not call back.
  /// False at the end. Waits for the answer where that comes later.
  func walk(
    pool: Int, prefix: [UInt8], _ cursor: inout FeedWalk, body: (UnsafeRawBufferPointer) -> Void
  ) -> Bool

  /// Other nodes have to do some of what the feed does: it is sent to them in order, and what became of it comes later. Constant.
  var answersLater: Bool { get }

  /// Waits until there is room for more that is sent. Not under a lock of the feed.
  func awaitRoom()

  /// What was sent so far goes on its way: a transaction has ended, or something like that.
  func push()

  /// What became of what was sent, as far as it has come and is worth telling.
  func takeResults() -> [FeedResult]

  /// The same when everything has come that was sent before. Not under a lock of the feed.
  func settle() -> [FeedResult]

  /// The pool answered reads when the feed began here.
  func wasReady(pool: Int) -> Bool
}

extension FeedTarget {
  /// The pools are this process's own.
  public var wantsPlaces: Bool { false }

  /// Nobody asks for it.
  public func note(_ place: FeedPlace) {}

  /// There is none.
  public var inheritedPlace: FeedPlace? { nil }

  /// Compares, and stores where that differs.
  public func repair(
    pool: Int, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, flags: UInt32, ttl: UInt32,
    note: FeedNote
  ) -> (found: FeedComparison, outcome: FeedStoreOutcome) {
    let found = compare(pool: pool, key: key, value: value, flags: flags)
    if found == .equal { return (found, .stored) }
    return (found, store(pool: pool, key: key, value: value, flags: flags, ttl: ttl, note: note))
  }

  /// Everything is done at once.
  public var answersLater: Bool { false }

  /// There is room.
  public func awaitRoom() {}

  /// Nothing was sent.
  public func push() {}

  /// There are none.
  public func takeResults() -> [FeedResult] { [] }

  /// There are none.
  public func settle() -> [FeedResult] { [] }

  /// It begins empty.
  public func wasReady(pool: Int) -> Bool { false }
}

/// How a store ended.
public enum FeedStoreOutcome: Sendable {
  case stored
  /// The pool is full and never evicts.
  case noMemory
  /// Longer than the pool allows an item to be.
  case tooLarge
  /// It is on its way: what becomes of it comes later.
  case sent
}

/// What a key holds, compared with what it should.
public enum FeedComparison: Sendable {
  case equal
  case different
  case missing
}

/// Whether a pool answers reads.
public enum FeedReadiness: Equatable, Sendable {
  /// Everything is there.
  case ready
  /// It holds what a load has brought so far: percent, 0...99.
  case loading(percent: Int)
  /// It cannot be filled: why, one line.
  case failed(String)
}

/// Where a walk over a pool's keys stands; the target knows what its numbers mean.
public struct FeedWalk: Sendable {
  /// For the target.
  public var state: (Int, UInt64) = (0, 0)
  /// The node that walks, where there are several.
  public var node = 0
  /// Number of the view that it goes by.
  public var view: UInt64 = 0

  /// The beginning.
  public init() {}
}
