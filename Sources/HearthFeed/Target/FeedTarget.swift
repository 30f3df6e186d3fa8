/// What a feed does to the store. The server implements it; any thread of a feed may call it, one at a time for a key.
public protocol FeedTarget: AnyObject, Sendable {
  /// Stores a value as a set does, whatever is there. Whoever waits for the key is told.
  /// - Parameter ttl: Seconds until it expires; 0: never.
  func store(
    pool: Int, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, flags: UInt32, ttl: UInt32
  ) -> FeedStoreOutcome

  /// The key will be stored or removed soon: brings what is to be touched nearer, without a lock and without effect. Called
  /// twice: first when it is far, to find its place, then when it is near.
  func prefetch(pool: Int, key: UnsafeRawBufferPointer, isNear: Bool)

  /// Removes the key. Sets of values that may have been read before are held off where the pool says so.
  /// Returns whether it was there.
  @discardableResult
  func remove(pool: Int, key: UnsafeRawBufferPointer) -> Bool

  /// Compares without counting as a read.
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

  /// Shows some hundred keys of the pool, under a lock of the store: `body` must not call back. False at the end.
  func walk(pool: Int, _ cursor: inout FeedWalk, body: (UnsafeRawBufferPointer) -> Void) -> Bool
}

extension FeedTarget {
  /// The pools are this process's own.
  public var wantsPlaces: Bool { false }

  /// Nobody asks for it.
  public func note(_ place: FeedPlace) {}

  /// There is none.
  public var inheritedPlace: FeedPlace? { nil }
}

/// How a store ended.
public enum FeedStoreOutcome: Sendable {
  case stored
  /// The pool is full and never evicts.
  case noMemory
  /// Longer than the pool allows an item to be.
  case tooLarge
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

  /// The beginning.
  public init() {}
}
