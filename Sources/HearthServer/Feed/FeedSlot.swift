import HearthConfig
import HearthFeed
import Synchronization

/// The place of one feed of the configuration: what runs there now, if anything does.
final class FeedSlot: @unchecked Sendable {
  let name: String
  /// One of its pools, where they have copies: then it runs on their primary only. Nil: it runs.
  let sharedPool: Int?
  /// The opening of the gate that it runs by, 0: none. The keeper's.
  var opening: UInt64 = 0
  private let running = Mutex<(any Feed)?>(nil)

  init(name: String, sharedPool: Int?) {
    self.name = name
    self.sharedPool = sharedPool
  }

  /// What runs here now.
  var feed: (any Feed)? { running.withLock { $0 } }

  func put(_ feed: (any Feed)?) { running.withLock { $0 = feed } }

  /// What it does now. Any thread.
  var status: FeedStatus {
    if let feed { return feed.snapshot() }
    var status = FeedStatus()
    status.name = name
    status.phase = sharedPool == nil ? .stopped : .elsewhere
    return status
  }
}
