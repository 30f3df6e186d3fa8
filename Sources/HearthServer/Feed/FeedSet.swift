import CHearth
import Glibc
import HearthConfig
import HearthFeed

/// The feeds of a server. Belongs to the main thread, except for `statuses`.
final class FeedSet: @unchecked Sendable {
  private let feeds: [any Feed]

  /// Prepares pools and feeds; nothing runs before `start`.
  init(_ configuration: Configuration, _ server: UnsafeMutablePointer<ServerState>) {
    let numbers = Dictionary(
      configuration.pools.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    let store = FeedStore(server)
    let arena = hearth_wall_ns()
    feeds = configuration.feeds.compactMap { feed in
      guard case .database(let database) = feed.source else { return nil }
      return DatabaseFeed(
        name: feed.name, database, pools: numbers, target: store, arena: arena, log: FeedSet.log)
    }
    for (number, pool) in configuration.pools.enumerated() {
      let name = pool.name
      let filling = configuration.feeds.filter { $0.pools.contains(name) }
      if filling.isEmpty { continue }
      let address = UnsafeMutablePointer<FedPool>.allocate(capacity: 1)
      address.initialize(
        to: FedPool(
          name: name, feed: filling.map(\.name).joined(separator: ", "),
          shapes: filling.flatMap { FeedSet.templates($0, pool: name) }.map { KeyShape($0) },
          isDeterministic: pool.kind == .deterministic))
      let target = server.pointee.pools.pools + number
      target.pointee.fed = address
    }
  }

  /// Why the configuration's feeds cannot run, one line; nil: they can.
  static func obstacle(_ configuration: Configuration) -> String? {
    for feed in configuration.feeds {
      switch feed.source {
      case .files: return "feed \(feed.name): kind: files is not available yet"
      case .database(let database):
        if database.queryFrom != nil { return "feed \(feed.name): query_from is not available yet" }
      }
    }
    return nil
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
  var statuses: [FeedStatus] { feeds.map { $0.snapshot() } }

  /// Reads a table of a feed again and compares. False: there is none of this name. Any thread.
  func verify(_ table: String) -> Bool {
    var found = false
    for feed in feeds where feed.verify(table) { found = true }
    return found
  }
}
