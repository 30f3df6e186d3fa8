import CHearth
import Glibc
import HearthCluster
import HearthFeed
import HearthStorage

/// One run of a feed whose pools have copies, on the node that is to do that by the view: from when this node became it until another one
/// does. Any thread of the feed.
///
/// Where each copy is on one node that is the primary of all keys, and writes like any other; a place among its changes in the journal is
/// after all that is before it. Where copies are on several nodes all goes through the outbox.
final class SharedFeed: @unchecked Sendable {
  /// Writes between two looks whether the other nodes have to be told.
  private static let share: UInt64 = 64

  private let server: UnsafeMutablePointer<ServerState>
  private let replication: Replication
  private let feeds: FeedSet
  let feed: Int
  /// One of its pools: they are all kept by the same nodes.
  private let pool: Int
  /// What lets it write.
  let run: FeedRun
  /// What the feed had come to before.
  let inherited: FeedState
  /// Where the primaries of keys are other nodes, too.
  let outbox: FeedOutbox?
  private var writes: UInt64 = 0

  init(
    _ server: UnsafeMutablePointer<ServerState>, _ replication: Replication, _ feeds: FeedSet, feed: Int,
    pool: Int, _ run: FeedRun
  ) {
    self.server = server
    self.replication = replication
    self.feeds = feeds
    self.feed = feed
    self.pool = pool
    self.run = run
    inherited = feeds.states[feed]
    outbox = run.isSpread ? FeedOutbox(server, feeds, feed: feed, pool: pool, run) : nil
  }

  /// Changes something as the primary. Nil: this node is that no more, and nothing was done.
  @discardableResult
  @inline(__always)
  func perform<R>(_ body: () -> R) -> R? {
    giveWay()
    var tells = false
    let result = feeds.gate.pass(feed, opening: run.opening) {
      writes &+= 1
      tells = writes % Self.share == 0
      return body()
    }
    if tells { tellKeepers() }
    return result
  }

  /// While a copy is about to be lost to the writers, as long as it can be waited for.
  private func giveWay() {
    var patience = 1000
    while hearth_atomic_load64(replication.pressed) != 0, patience > 0 {
      usleep(1000)
      patience -= 1
    }
  }

  /// The changes so far go to the other nodes.
  private func tellKeepers() {
    for case let stream? in replication.knownStreams { Worker.wakeKeeper(server, stream) }
  }

  /// Where the feed had come to.
  var place: FeedPlace? { feeds.states[feed].place }

  func note(_ place: FeedPlace) {
    if let outbox { return outbox.note(place) }
    change { $0.place = place }
  }

  func note(_ readiness: FeedReadiness, of fed: UnsafeMutablePointer<FedPool>) {
    let word = FedPool.word(readiness)
    let name = fed.pointee.name
    if let outbox, !outbox.mayChange(fed, to: word) { return }
    if outbox == nil, feeds.states[feed].readiness[name] == word {
      perform { FedPool.set(fed, feed: feed, word: word) }
      return tellKeepers()
    }
    change { state in
      FedPool.set(fed, feed: feed, word: word)
      state.note(word, of: name)
    }
    outbox?.tell()
  }

  /// Tells the other nodes how far it is.
  func tell() {
    change { _ in }
    outbox?.tell()
  }

  private func change(_ body: (inout FeedState) -> Void) {
    feeds.change(feed, run, pool: pool, body)
    tellKeepers()
  }
}
