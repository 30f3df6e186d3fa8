import HearthConfig

/// A feed whose log comes from files instead of a connection, to measure it. The packets go the way that a server's go: decoder,
/// mapping, target. Belongs to one thread.
package struct FeedReplay: ~Copyable {
  private let feed: DatabaseFeed
  private let follower: Follower

  /// - Parameter connection: To the server that wrote the files: it knows the tables' definitions.
  package init(
    _ configuration: DatabaseFeedConfiguration, pools: [String: Int], target: any FeedTarget,
    definedBy connection: borrowing DatabaseConnection
  ) throws(DatabaseError) {
    feed = DatabaseFeed(name: "replay", configuration, pools: pools, target: target, arena: 0) { _ in }
    follower = Follower(feed)
    for table in feed.tables {
      try feed.define(table, connection, hasFullImages: true)
      if let problem = feed.monitor.locked({ table.problem }) { throw DatabaseError(problem) }
    }
  }

  /// Applies a file. Returns how many rows it told.
  package borrowing func apply(path: String) throws(BinlogError) -> UInt64 {
    let before = feed.monitor.locked { feed.status.rowEvents }
    var file = try BinlogFile(path: path)
    while let packet = try file.next() { try follower.take(packet) }
    return feed.monitor.locked { feed.status.rowEvents } - before
  }

  /// Entries that were stored, that were removed, and that found no place or were left out.
  package var counts: (stored: UInt64, removed: UInt64, lost: UInt64) {
    feed.monitor.locked {
      (feed.status.stored, feed.status.removed, feed.status.skipped + feed.status.outOfMemory)
    }
  }
}
