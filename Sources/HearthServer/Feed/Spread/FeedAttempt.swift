import HearthCluster

/// An attempt at the first item of a feed's queue. The worker's alone.
struct FeedAttempt {
  /// Milliseconds between attempts.
  static let pause: UInt64 = 5
  /// Milliseconds after which people are told that nothing moves.
  static let patience: UInt64 = 1000

  /// Names it among all of the process, 0: none is under way. The low bits are the number of the feed.
  private(set) var name: UInt64 = 0
  static let feedBits: UInt64 = 16
  private var count: UInt64 = 0
  /// The nodes that have not answered; this one, while its own copies have not.
  var awaited = NodeSet()
  /// For each node the numbers of the mutations that it was given.
  var parts: [Int: [Int]] = [:]
  /// What this node has done, for when its copies have it.
  var own: [FeedEffect] = []
  /// Milliseconds of the monotonic clock before which there is no other one.
  var retryAt: UInt64 = 0
  /// Since when the item is tried, milliseconds.
  var since: UInt64 = 0
  /// The node that the last one has failed for.
  var failed: Int?
  /// A large value on its way into this node's own store.
  var upload: FeedUpload?

  var isUnderWay: Bool { name != 0 }

  mutating func begin(feed: Int) -> UInt64 {
    count += 1
    name = count << Self.feedBits | UInt64(feed)
    awaited = []
    parts = [:]
    own = []
    return name
  }

  /// What still comes of it is nobody's.
  mutating func end() {
    name = 0
    awaited = []
    parts = [:]
    own = []
  }
}
