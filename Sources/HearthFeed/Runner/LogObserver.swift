import CHearth
import HearthConfig

/// The thread of a feed that asks the server, each second, how long its log is: what the follower has not applied yet is the
/// lag. It has a connection of its own, so that nothing that a query waits for keeps it.
final class LogObserver {
  private static let interval = 1000

  private let feed: DatabaseFeed

  init(_ feed: DatabaseFeed) { self.feed = feed }

  /// Looks until the feed is stopped.
  func run() {
    var backoff = Backoff()
    while true {
      let server: QueryServer? = feed.monitor.locked {
        while !feed.isStopping && !(feed.isConnected && feed.followed != nil) {
          feed.monitor.wait(milliseconds: Self.interval)
        }
        return feed.isStopping ? nil : feed.followed
      }
      guard let server else { return }
      do throws(DatabaseError) {
        try observe(server, &backoff)
      } catch {
        // The follower and the reader tell what is wrong with the server.
        feed.monitor.locked { feed.status.lagBytes = nil }
      }
      if !feed.pause(milliseconds: backoff.pause()) { return }
    }
  }

  private func observe(_ server: QueryServer, _ backoff: inout Backoff) throws(DatabaseError) {
    let connection = try DatabaseConnection.open(DatabaseAddress(server.address), readTimeout: 30)
    let socket = connection.socket
    feed.monitor.locked { feed.sockets.append(socket) }
    defer { feed.monitor.locked { feed.sockets.removeAll { $0 == socket } } }
    while true {
      let file = feed.monitor.locked { feed.applied?.position.file ?? "" }
      let length = try LogLength(connection, server.kind, followerFile: file)
      let goesOn = feed.monitor.locked {
        feed.note(length)
        return !feed.isStopping && feed.followed == server && feed.isConnected
      }
      if !goesOn { return }
      backoff.reset()
      if !sleep(milliseconds: Self.interval) { return }
    }
  }

  /// The monitor wakes everybody whenever one of the threads has work.
  private func sleep(milliseconds: Int) -> Bool {
    let end = hearth_monotonic_ns() + UInt64(milliseconds) * 1_000_000
    return feed.monitor.locked {
      while !feed.isStopping {
        let now = hearth_monotonic_ns()
        if now >= end { return true }
        feed.monitor.wait(milliseconds: Int((end - now) / 1_000_000) + 1)
      }
      return false
    }
  }
}

extension DatabaseFeed {
  /// Under the lock.
  func note(_ length: LogLength) {
    guard let applied, !applied.position.file.isEmpty else { return }
    let bytes = length.bytes(after: applied.position)
    status.lagBytes = bytes
    status.lagTransactions =
      bytes == 0 ? 0 : length.gtids.isEmpty ? nil : applied.gtids.missing(of: length.gtids)
    awaited = length
    takeReceived()
  }

  /// What a replica has received and not logged, because it is not to be replicated, is done once the log is applied as far as it went
  /// then. Only views of another server need to know. Under the lock.
  func takeReceived() {
    guard let length = awaited, let applied, applied.position >= length.end else { return }
    awaited = nil
    self.applied?.gtids.merge(length.received)
  }
}
