import CHearth
import Glibc
import HearthCluster
import HearthFeed
import HearthStorage

/// One run of a feed whose pools have copies, on the node that is their primary: from when this node became that until another one
/// does. Any thread of the feed.
final class SharedFeed: @unchecked Sendable {
  /// Writes between two looks whether the other nodes have to be told.
  private static let share: UInt64 = 64

  private let server: UnsafeMutablePointer<ServerState>
  private let replication: Replication
  private let feeds: FeedSet
  private let feed: Int
  /// One of its pools: they are all kept by the same nodes.
  private let pool: Int
  /// The opening of the gate that it was let in by.
  private let opening: UInt64
  private var writes: UInt64 = 0

  init(
    _ server: UnsafeMutablePointer<ServerState>, _ replication: Replication, _ feeds: FeedSet, feed: Int,
    pool: Int,
    opening: UInt64
  ) {
    self.server = server
    self.replication = replication
    self.feeds = feeds
    self.feed = feed
    self.pool = pool
    self.opening = opening
  }

  /// Changes something as the primary. Nil: this node is that no more, and nothing was done.
  @inline(__always)
  func perform<R>(_ body: () -> R) -> R? {
    giveWay()
    var tells = false
    let result = feeds.gate.pass(feed, opening: opening) {
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

  func note(_ place: FeedPlace) { change { $0.place = place } }

  func note(_ readiness: FeedReadiness, of pool: String) {
    let word = FedPool.word(readiness)
    if feeds.states[feed].readiness[pool] == word { return tellKeepers() }
    change { state in
      state.readiness[pool] = word
      // It begins anew, wherever it had come to.
      if word != FedPool.ready { state.place = nil }
    }
  }

  private func change(_ body: (inout FeedState) -> Void) {
    _ = feeds.gate.pass(feed, opening: opening) {
      let number = feeds.states.change(feed, body)
      var mark = (UInt64(feed), number)
      withUnsafeBytes(of: &mark) { Journal.mark(replication.journal, pool: pool, $0) }
    }
    tellKeepers()
  }
}
