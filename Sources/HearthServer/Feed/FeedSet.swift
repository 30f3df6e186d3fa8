import CHearth
import Glibc
import HearthConfig
import HearthFeed

/// The feeds of a server. Belongs to the main thread, except for `statuses`.
public final class FeedSet: @unchecked Sendable {
  private let feeds: [any Feed]

  /// Prepares pools and feeds; nothing runs before `start`.
  init(_ configuration: Configuration, _ server: UnsafeMutablePointer<ServerState>) {
    let numbers = Dictionary(
      configuration.pools.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    let arena = hearth_wall_ns()
    feeds = configuration.feeds.enumerated().map { number, feed in
      let store = FeedStore(server, feed: number)
      return switch feed.source {
      case .database(let database):
        DatabaseFeed(
          name: feed.name, database, pools: numbers, target: store, arena: arena, log: FeedSet.log)
      case .files(let files):
        FileFeed(name: feed.name, files, pools: numbers, target: store, log: FeedSet.log)
      }
    }
    for (number, pool) in configuration.pools.enumerated() {
      let name = pool.name
      let filling = configuration.feeds.enumerated().filter { $0.element.pools.contains(name) }
      if filling.isEmpty { continue }
      let address = UnsafeMutablePointer<FedPool>.allocate(capacity: 1)
      address.initialize(
        to: FedPool(
          name: name, feeds: filling.map { ($0.offset, $0.element.name) },
          shapes: filling.flatMap { FeedSet.templates($0.element, pool: name) }.map { KeyShape($0) },
          isDeterministic: pool.kind == .deterministic))
      let target = server.pointee.pools.pools + number
      target.pointee.fed = address
    }
  }

  /// The keys that a feed writes into a pool.
  private static func templates(_ feed: FeedConfiguration, pool: String) -> [KeyTemplate] {
    switch feed.source {
    case .database(let database):
      database.tables.filter { $0.pool == pool }
        .flatMap { $0.entries.map(\.key) + $0.requeries.map(\.key) }
    case .files(let files): files.pool == pool ? [files.key] : []
    }
  }

  private static let log: @Sendable (String) -> Void = { line in
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  func start() { for feed in feeds { feed.start() } }

  func stop() { for feed in feeds { feed.stop() } }

  /// What each feed does now. Any thread.
  public var statuses: [FeedStatus] { feeds.map { $0.snapshot() } }

  /// Reads a table again, compares and repairs. Returns the number of the verification; nil: no feed has the table. Any thread.
  public func verify(_ table: String) -> UInt64? {
    // Where several feeds follow a table, each verifies; the answer is about the first.
    var number: UInt64?
    for feed in feeds {
      let found = feed.verify(table)
      number = number ?? found
    }
    return number
  }

  /// Asks for what the first rows of a table become; nil: no feed has the table. Any thread.
  public func preview(_ table: String, rows: Int) -> UInt64? {
    for (index, feed) in feeds.enumerated() {
      guard let number = (feed as? DatabaseFeed)?.preview(table, rows: rows) else { continue }
      return number * UInt64(feeds.count) + UInt64(index)
    }
    return nil
  }

  /// Nil: there is no such preview, or it was too long ago. Any thread.
  public func preview(_ number: UInt64) -> Preview.State? {
    if feeds.isEmpty { return nil }
    let feed = feeds[Int(number % UInt64(feeds.count))] as? DatabaseFeed
    return feed?.preview(number / UInt64(feeds.count))
  }
}
