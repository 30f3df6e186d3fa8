/// `feeds`: what fills pools by itself.
enum FeedsSection {
  static let fields: [Field<Draft>] = [
    Field("feeds") { (entry, draft) throws(ConfigurationError) in
      let items = try entry.items()
      guard items.count <= FeedConfiguration.limit else {
        throw entry.error("there are \(items.count) feeds", "give \(FeedConfiguration.limit) at most")
      }
      for item in items {
        var feed = FeedDraft(origin: item.origin)
        // The kind says which other keys there are, wherever it stands.
        for (key, value) in try item.pairs() where key == "kind" {
          feed.kind = try value.choice(of: FeedDraft.Kind.self)
        }
        switch feed.kind {
        case .database: try item.read(common + database, into: &feed)
        case .files: try item.read(common + files, into: &feed)
        }
        draft.feeds.append(feed)
      }
    }
  ]

  private static let common: [Field<FeedDraft>] = [
    Field("name") { (entry, feed) throws(ConfigurationError) in feed.name = try entry.text() },
    Field("kind") { (_, _) throws(ConfigurationError) in },
    Field("pool") { (entry, feed) throws(ConfigurationError) in feed.pool = try entry.text() },
  ]

  private static let database: [Field<FeedDraft>] = [
    Field("sources") { (entry, feed) throws(ConfigurationError) in
      let items = try entry.items()
      guard items.count <= DatabaseFeedConfiguration.sourceLimit else {
        throw entry.error(
          "there are \(items.count) sources", "give \(DatabaseFeedConfiguration.sourceLimit) at most")
      }
      for item in items { feed.sources.append(try ServerFields.read(item)) }
    },
    Field("query_from") { (entry, feed) throws(ConfigurationError) in
      feed.queryFrom = try ServerFields.read(entry)
    },
    Field("server_id") { (entry, feed) throws(ConfigurationError) in
      feed.serverID = UInt32(try entry.integer(1...Int(UInt32.max)).value)
    },
    Field("checkpoint") { (entry, feed) throws(ConfigurationError) in
      feed.checkpoint = try entry.absolutePath()
    },
    Field("load_rows_per_second") { (entry, feed) throws(ConfigurationError) in
      feed.loadRowsPerSecond = try entry.count(0...1_000_000_000).value
    },
    Field("chunk_rows") { (entry, feed) throws(ConfigurationError) in
      feed.chunkRows = try entry.count(1...1_000_000).value
    },
    Field("sweep") { (entry, feed) throws(ConfigurationError) in
      feed.sweep = try entry.duration(0...31_536_000).value
    },
    Field("while_reloading") { (entry, feed) throws(ConfigurationError) in
      feed.whileReloading = try entry.choice(of: DatabaseFeedConfiguration.Reload.self)
    },
    Field("tables") { (entry, feed) throws(ConfigurationError) in
      let items = try entry.items()
      guard items.count <= DatabaseFeedConfiguration.tableLimit else {
        throw entry.error(
          "there are \(items.count) tables", "give \(DatabaseFeedConfiguration.tableLimit) at most")
      }
      for item in items { feed.tables.append(try TableFields.read(item)) }
    },
  ]

  private static let files: [Field<FeedDraft>] = [
    Field("path") { (entry, feed) throws(ConfigurationError) in feed.path = try entry.absolutePath() },
    Field("key") { (entry, feed) throws(ConfigurationError) in feed.key = try TableFields.key(entry) },
    Field("size_limit") { (entry, feed) throws(ConfigurationError) in
      feed.sizeLimit = try entry.size(1...(1 << 30))
    },
    Field("follow_links") { (entry, feed) throws(ConfigurationError) in
      feed.links = try entry.choice(of: FileFeedConfiguration.Links.self)
    },
  ]
}
