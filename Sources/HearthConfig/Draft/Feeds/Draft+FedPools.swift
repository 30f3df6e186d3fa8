extension Draft {
  /// The pool of this name; the default pool where none is given.
  func fedPool(_ name: Located<String>?) throws(ConfigurationError) -> PoolConfiguration {
    guard let name else { return configuration.pools[0] }
    if let pool = configuration.pools.first(where: { $0.name == name.value }) {
      return pool
    }
    let near = nearestWord(to: name.value, in: configuration.pools.map(\.name))
    throw name.origin.error(
      "there is no pool \(quoted(name.value))", near.map { "did you mean \($0)?" } ?? "add it to pools")
  }

  /// A feed of pools with copies runs on one of their nodes, so all that it fills has to be kept by the same ones.
  func checkCopies(of feed: FeedConfiguration, _ written: FeedDraft) throws(ConfigurationError) {
    let filled = configuration.pools.filter { feed.pools.contains($0.name) }
    guard let first = filled.first, let shared = filled.first(where: { !$0.copies.isEmpty }) else {
      return try checkBumps(of: feed, in: filled.first, written)
    }
    if let other = filled.first(where: { $0.copies != first.copies }) {
      throw written.origin.error(
        "it fills pools \(first.name) and \(other.name), which are kept by different nodes",
        "give them the same copies:, or make two feeds of it")
    }
    if shared.copies.count < 2 {
      throw written.origin.error(
        "it fills pool \(shared.name), which has one copy only",
        "give the pool two copies or more, as in [[a, b], [c]], or remove copies: of it")
    }
    if case .database(let database) = feed.source, database.checkpoint != nil {
      throw written.origin.error(
        "pool \(shared.name) has copies, and its nodes know by themselves where the feed is",
        "remove checkpoint:")
    }
    try checkBumps(of: feed, in: shared, written)
  }

  /// A feed makes groups void where it writes.
  private func checkBumps(
    of feed: FeedConfiguration, in pool: PoolConfiguration?, _ written: FeedDraft
  ) throws(ConfigurationError) {
    guard case .database(let database) = feed.source, database.tables.contains(where: { !$0.bumps.isEmpty }),
      let pool, let keeping = configuration.pools.first(where: \.keepsGenerations),
      keeping.copies != pool.copies
    else { return }
    throw written.origin.error(
      "it makes groups void in pool \(keeping.name), which is kept by other nodes than pool \(pool.name)",
      "give both the same copies:, or remove bump:")
  }

  /// The pool with the longest prefix that `text` begins with.
  private func owner(of text: String) -> PoolConfiguration {
    let bytes = Array(text.utf8)
    let owners = configuration.pools.dropFirst().filter { pool in
      !pool.prefix.isEmpty && bytes.starts(with: pool.prefix.utf8)
    }
    return owners.max { $0.prefix.utf8.count < $1.prefix.utf8.count } ?? configuration.pools[0]
  }

  /// Clients have to find the key in the pool that the feed writes to. In a pool that is reached by its port alone
  /// every key is.
  func check(_ key: Located<KeyTemplate>, leadsTo pool: PoolConfiguration) throws(ConfigurationError) {
    let literal = key.value.literalPrefix
    if !reservedPrefix.isEmpty, Array(literal.utf8).starts(with: reservedPrefix.utf8) {
      throw key.origin.error(
        "keys that begin with \(quoted(reservedPrefix)) are the counters of groups", "begin it otherwise")
    }
    if pool.prefix.isEmpty, pool.name != PoolConfiguration.defaultName { return }
    let owner = owner(of: literal)
    if owner.name == pool.name { return }
    let problem =
      "\(quoted(key.value.description)) does not lead to pool \(pool.name) but to pool \(owner.name)"
    throw key.origin.error(
      problem,
      pool.prefix.isEmpty
        ? "begin it otherwise, or name pool: \(owner.name)"
        : "begin it with the pool's prefix, \(pool.prefix), or name pool: \(owner.name)")
  }

  /// A group reaches the keys in one pool or several; at least one has to keep generations.
  func check(group: Located<KeyTemplate>, of pool: PoolConfiguration) throws(ConfigurationError) {
    guard pool.kind != .deterministic else {
      throw group.origin.error(
        "pool \(pool.name) is deterministic, so none of its groups can be made void",
        "remove the key, or make the pool kind: cache")
    }
    let literal = Array(group.value.literalPrefix.utf8)
    let owner = owner(of: group.value.literalPrefix)
    let beneath = configuration.pools.dropFirst().filter {
      $0.prefix.utf8.starts(with: literal) && !$0.prefix.isEmpty
    }
    guard ([owner] + beneath).contains(where: \.keepsGenerations) else {
      throw group.origin.error(
        "the group is in pool \(owner.name), which keeps no generations", "add generations: true to that pool"
      )
    }
  }

  /// What keys of this pool must not begin with.
  func foreignPrefixes(in pool: PoolConfiguration) -> [String] {
    if pool.prefix.isEmpty, pool.name != PoolConfiguration.defaultName { return [] }
    let others = configuration.pools.dropFirst().map(\.prefix).filter { prefix in
      !prefix.isEmpty && prefix != pool.prefix && prefix.utf8.starts(with: pool.prefix.utf8)
    }
    return others + (reservedPrefix.isEmpty ? [] : [reservedPrefix])
  }

  /// The prefix of groups' counters; empty where no pool keeps generations, and so none is reserved.
  private var reservedPrefix: String {
    configuration.pools.contains(where: \.keepsGenerations) ? configuration.generationPrefix : ""
  }
}
