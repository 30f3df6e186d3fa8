import Glibc

extension Draft {
  /// After the pools, which it fills.
  mutating func finishFeeds() throws(ConfigurationError) {
    var names: Set<String> = []
    for feed in feeds {
      let name = try checkedName(of: feed)
      guard names.insert(name.value).inserted else {
        throw name.origin.error(
          "there is already a feed \(quoted(name.value))", "give each feed its own name")
      }
      let source: FeedConfiguration.Source =
        switch feed.kind {
        case .database: .database(try finishDatabase(feed, name: name.value))
        case .files: .files(try finishFiles(feed))
        }
      let finished = FeedConfiguration(name: name.value, source: source)
      try checkCopies(of: finished, feed)
      for i in configuration.pools.indices where finished.pools.contains(configuration.pools[i].name) {
        try checkLife(of: configuration.pools[i])
        configuration.pools[i].isFed = true
      }
      configuration.feeds.append(finished)
    }
  }

  private func checkedName(of feed: FeedDraft) throws(ConfigurationError) -> Located<String> {
    guard let name = feed.name else {
      throw feed.origin.error("the feed has no name", "add name: and a word")
    }
    let allowed = name.value.utf8.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
    guard allowed, 1...64 ~= name.value.utf8.count else {
      throw name.origin.error(
        "\(quoted(name.value)) is not the name of a feed", "use 1 to 64 of a to z, digits, - and _")
    }
    return name
  }

  /// A fed deterministic pool holds all of something, so nothing in it may end by itself.
  private func checkLife(of pool: PoolConfiguration) throws(ConfigurationError) {
    guard pool.kind == .deterministic,
      let written = pools.first(where: { $0.name?.value == pool.name })
    else { return }
    if let ttl = [written.ttlDefault, written.ttlMaximum].compactMap({ $0 }).first(where: { $0.value > 0 }) {
      throw ttl.origin.error(
        "pool \(pool.name) is deterministic and fed, so nothing in it expires",
        "remove the key, or make it kind: cache")
    }
    if pool.keepsGenerations {
      throw written.origin.error(
        "pool \(pool.name) is deterministic and fed, so none of its groups can be made void",
        "remove generations:, or make it kind: cache")
    }
  }

  private func finishDatabase(
    _ feed: FeedDraft, name: String
  ) throws(ConfigurationError) -> DatabaseFeedConfiguration {
    guard !feed.sources.isEmpty else {
      throw feed.origin.error(
        "the feed has no source", "add sources: with one server, as in - host: 127.0.0.1")
    }
    guard !feed.tables.isEmpty else {
      throw feed.origin.error("the feed has no table", "add tables: with one, as in - table: photos.users")
    }
    var tables: [TableConfiguration] = []
    var seen: Set<String> = []
    var keys: [KeyTemplate: String] = [:]
    for table in feed.tables {
      let finished = try finishTable(table, of: feed, &keys)
      guard seen.insert(finished.name).inserted else {
        throw (table.name?.origin ?? table.origin).error(
          "the table \(quoted(finished.name)) is there already", "add to its entries: instead")
      }
      tables.append(finished)
    }
    let id = feed.serverID ?? DatabaseFeedConfiguration.presetServerID(machine: Self.machine, feed: name)
    var database = DatabaseFeedConfiguration(sources: feed.sources, serverID: id, tables: tables)
    database.queryFrom = feed.queryFrom
    database.checkpoint = feed.checkpoint
    if let rows = feed.loadRowsPerSecond { database.loadRowsPerSecond = rows }
    if let rows = feed.chunkRows { database.chunkRows = rows }
    if let sweep = feed.sweep { database.sweep = sweep }
    if let reload = feed.whileReloading { database.whileReloading = reload }
    return database
  }

  private func finishFiles(_ feed: FeedDraft) throws(ConfigurationError) -> FileFeedConfiguration {
    let pool = try fedPool(feed.pool)
    guard let path = feed.path else {
      throw feed.origin.error("the feed has no path", "add path:, the absolute path of a directory")
    }
    let key = feed.key ?? Located(KeyTemplate(pieces: [.column("path")]), feed.origin)
    for column in key.value.columns where !FileFeedConfiguration.keyColumns.contains(column) {
      throw key.origin.error(
        "a file has no \(quoted(column))", "the keys of files are made of {path}, {name} and {extension}")
    }
    try check(key, leadsTo: pool)
    if let limit = feed.sizeLimit, limit.value > pool.itemSizeLimit {
      throw limit.origin.error(
        "\(Quantity.bytes(limit.value)) is more than one item of pool \(pool.name) may have, "
          + Quantity.bytes(pool.itemSizeLimit),
        "give \(Quantity.written(pool.itemSizeLimit)) or less, or raise item_size_limit")
    }
    var files = FileFeedConfiguration(
      pool: pool.name, path: path, key: key.value, sizeLimit: feed.sizeLimit?.value ?? pool.itemSizeLimit)
    if let links = feed.links { files.links = links }
    files.foreignPrefixes = foreignPrefixes(in: pool)
    return files
  }

  private static let machine: String = {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()
}
