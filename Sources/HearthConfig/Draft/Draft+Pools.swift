extension Draft {
  /// Seconds; the longest TTL rule, ten years.
  static let ttlRange = 0...315_360_000

  mutating func finishPools() throws(ConfigurationError) {
    try checkNames()
    let named = pools.filter { $0.name?.value != PoolConfiguration.defaultName }
    let own = pools.first { $0.name?.value == PoolConfiguration.defaultName }
    try checkPrefixes(named)
    let rest = try memoryLeft(by: named)
    var finished = [try finishDefaultPool(own, memory: rest)]
    for pool in named { finished.append(try finishPool(pool)) }
    try checkGroupsNodes(finished)
    configuration.pools = finished
  }

  private func checkNames() throws(ConfigurationError) {
    var seen: Set<String> = []
    for pool in pools {
      guard let name = pool.name else {
        throw pool.origin.error("the pool has no name", "add name: and a word")
      }
      guard Self.isName(name.value) else {
        throw name.origin.error(
          "\(quoted(name.value)) is not a pool name", "use 1 to 64 letters, digits, dots, - and _")
      }
      guard seen.insert(name.value).inserted else {
        throw name.origin.error(
          "there is already a pool \(quoted(name.value))", "give each pool its own name")
      }
    }
  }

  /// 1 to 64 letters, digits, dots, - and _.
  static func isName(_ text: String) -> Bool {
    1...64 ~= text.utf8.count
      && text.utf8.allSatisfy { byte in
        Character(UnicodeScalar(byte)).isLetter && byte < 128
          || Character(UnicodeScalar(byte)).isNumber && byte < 128
          || "-_.".utf8.contains(byte)
      }
  }

  private func checkPrefixes(_ pools: [PoolDraft]) throws(ConfigurationError) {
    var owners: [[UInt8]: String] = [:]
    for pool in pools {
      guard let prefix = pool.prefix, let name = pool.name?.value else { continue }
      let bytes = Array(prefix.value.utf8)
      guard !bytes.isEmpty else {
        throw prefix.origin.error(
          "an empty prefix is the default pool's",
          "write the bytes the pool's keys begin with, or remove the key")
      }
      // A key has at most 250 bytes and no blanks or line ends (memcached protocol.txt, "Keys").
      guard bytes.count <= 249, !bytes.contains(where: { $0 <= 32 || $0 == 127 }) else {
        throw prefix.origin.error(
          "\(quoted(prefix.value)) cannot begin a key",
          "use at most 249 bytes without blanks and control characters")
      }
      if let owner = owners.updateValue(name, forKey: bytes) {
        throw prefix.origin.error(
          "\(quoted(prefix.value)) is already the prefix of pool \(owner)", "give each pool its own prefix")
      }
    }
  }

  private func memoryLeft(by pools: [PoolDraft]) throws(ConfigurationError) -> Int {
    var taken = 0
    for pool in pools {
      guard let size = pool.memory else {
        throw pool.origin.error(
          "pool \(pool.name?.value ?? "") has no memory", "add memory:, for example memory: 16m")
      }
      guard size.value >= Self.smallestArena else {
        throw size.origin.error(
          "\(Quantity.bytes(size.value)) is smaller than the smallest arena, 8 MiB", "give 8m or more")
      }
      taken += size.value
    }
    let left = memory.value - taken
    guard left < Self.smallestArena, let last = pools.last?.memory else { return left }
    let needed = taken + Self.smallestArena
    if memory.origin.isFlag {
      let mebibytes = (needed + (1 << 20) - 1) >> 20
      throw memory.origin.error(
        "\(Quantity.bytes(memory.value)) does not hold the pools, \(Quantity.bytes(taken)), and 8 MiB for the "
          + "default pool", "give -m \(mebibytes) or more, or give the pools less")
    }
    let problem =
      left < 0
      ? "the pools take \(Quantity.bytes(taken)), more than the \(Quantity.bytes(memory.value)) in all"
      : "the pools leave \(Quantity.bytes(left)) for the default pool, which needs 8 MiB"
    throw last.origin.error(problem, "raise memory to \(Quantity.written(needed)), or give the pools less")
  }

  private func finishDefaultPool(_ written: PoolDraft?, memory: Int) throws(ConfigurationError)
    -> PoolConfiguration
  {
    if let prefix = written?.prefix {
      throw prefix.origin.error(
        "the default pool has no prefix", "remove the key: it takes what no other pool claims")
    }
    if let port = written?.port {
      throw port.origin.error("the default pool has no port of its own", "use listeners: for its addresses")
    }
    if let size = written?.memory {
      throw size.origin.error(
        "the default pool gets what the other pools leave",
        "remove the key, or change memory at the top level")
    }
    let limit = written?.itemSizeLimit ?? itemSizeLimit
    try check(itemSizeLimit: limit, pool: PoolConfiguration.defaultName, memory: memory)
    let ttl = try ttlRules(written)
    let kind = defaultPoolKeepsAll ? .deterministic : written?.kind ?? .cache
    var pool = PoolConfiguration(
      name: PoolConfiguration.defaultName, kind: kind, memory: memory, itemSizeLimit: limit.value,
      ttlDefault: ttl.default, ttlMaximum: ttl.maximum)
    pool.keepsGenerations = written?.keepsGenerations ?? false
    pool.copies = try finishCopies(written)
    pool.replication = try finishReplication(written, copies: pool.copies)
    pool.herd = written?.herd ?? HerdConfiguration()
    return pool
  }

  private func finishPool(_ written: PoolDraft) throws(ConfigurationError) -> PoolConfiguration {
    let name = written.name?.value ?? ""
    let memory = written.memory?.value ?? 0
    if let limit = written.itemSizeLimit { try check(itemSizeLimit: limit, pool: name, memory: memory) }
    let ttl = try ttlRules(written)
    var pool = PoolConfiguration(
      name: name, prefix: written.prefix?.value ?? "", port: written.port?.value,
      kind: written.kind ?? .cache,
      memory: memory, itemSizeLimit: written.itemSizeLimit?.value ?? min(itemSizeLimit.value, memory / 2),
      ttlDefault: ttl.default, ttlMaximum: ttl.maximum)
    pool.keepsGenerations = written.keepsGenerations
    pool.copies = try finishCopies(written)
    pool.replication = try finishReplication(written, copies: pool.copies)
    pool.herd = written.herd
    return pool
  }

  /// memcached's rule: "Cannot set item size limit higher than 1/2 of memory max."
  private func check(itemSizeLimit limit: Located<Int>, pool: String, memory: Int) throws(ConfigurationError)
  {
    guard limit.value > memory / 2 else { return }
    let half = Quantity.written(memory / 2 / 1024 * 1024)
    throw limit.origin.error(
      "\(Quantity.bytes(limit.value)) is more than half the memory of pool \(pool), \(Quantity.bytes(memory))",
      limit.origin.isFlag ? "give -I \(half) or less, or more memory" : "give \(half) or less, or more memory"
    )
  }

  private func ttlRules(_ pool: PoolDraft?) throws(ConfigurationError) -> (default: UInt32, maximum: UInt32) {
    let preset = pool?.ttlDefault?.value ?? 0
    let maximum = pool?.ttlMaximum?.value ?? 0
    if maximum > 0, preset > maximum, let origin = pool?.ttlDefault?.origin {
      throw origin.error(
        "\(preset) seconds is more than ttl_maximum, \(maximum) seconds",
        "lower ttl_default or raise ttl_maximum")
    }
    return (UInt32(preset), UInt32(maximum))
  }
}
