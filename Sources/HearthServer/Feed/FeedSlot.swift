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
  /// The last view in which keys of its pools had no owner with what they had. The control's.
  var lostIn: UInt64 = 0
  /// The view in which the other nodes were told last how far it is, unasked. The control's.
  var toldIn: UInt64 = 0
  private let running = Mutex<(any Feed)?>(nil)
  private let outboxes = Mutex<FeedOutbox?>(nil)
  private let runs = Mutex<FeedRun?>(nil)

  init(name: String, sharedPool: Int?) {
    self.name = name
    self.sharedPool = sharedPool
  }

  /// What runs here now.
  var feed: (any Feed)? { running.withLock { $0 } }

  func put(_ feed: (any Feed)?) { running.withLock { $0 = feed } }

  /// What it has for the primaries of its keys, where these are several nodes.
  var outbox: FeedOutbox? {
    get { outboxes.withLock { $0 } }
    set { outboxes.withLock { $0 = newValue } }
  }

  /// What lets it run here, if anything does.
  var run: FeedRun? {
    get { runs.withLock { $0 } }
    set { runs.withLock { $0 = newValue } }
  }

  /// What it does now. Any thread.
  var status: FeedStatus {
    if let feed {
      var status = feed.snapshot()
      if let trouble = outbox?.trouble { status.lastError = trouble }
      return status
    }
    var status = FeedStatus()
    status.name = name
    status.phase = sharedPool == nil ? .stopped : .elsewhere
    return status
  }
}
