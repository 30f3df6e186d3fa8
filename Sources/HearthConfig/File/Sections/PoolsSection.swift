/// `pools`: named sets of keys with their own memory and rules.
enum PoolsSection {
  /// More would be looked through for each key.
  static let limit = 64

  static let fields: [Field<Draft>] = [
    Field("pools") { (entry, draft) throws(ConfigurationError) in
      let items = try entry.items()
      guard items.count <= limit else {
        throw entry.error("there are \(items.count) pools", "give \(limit) at most")
      }
      for item in items {
        var pool = PoolDraft(origin: item.origin)
        try item.read(poolFields, into: &pool)
        draft.pools.append(pool)
      }
    }
  ]

  private static let poolFields: [Field<PoolDraft>] =
    [
      Field("name") { (entry, pool) throws(ConfigurationError) in pool.name = try entry.text() },
      Field("prefix") { (entry, pool) throws(ConfigurationError) in pool.prefix = try entry.text() },
      Field("port") { (entry, pool) throws(ConfigurationError) in
        let port = try entry.integer(0...65535)
        pool.port = Located(UInt16(port.value), port.origin)
      },
      Field("kind") { (entry, pool) throws(ConfigurationError) in
        pool.kind = try entry.choice(of: PoolConfiguration.Kind.self)
      },
      Field("memory") { (entry, pool) throws(ConfigurationError) in
        pool.memory = try entry.size(Draft.memoryRange)
      },
      Field("item_size_limit") { (entry, pool) throws(ConfigurationError) in
        pool.itemSizeLimit = try entry.size(Draft.itemSizeRange)
      },
      Field("ttl_default") { (entry, pool) throws(ConfigurationError) in
        pool.ttlDefault = try entry.duration(Draft.ttlRange)
      },
      Field("ttl_maximum") { (entry, pool) throws(ConfigurationError) in
        pool.ttlMaximum = try entry.duration(Draft.ttlRange)
      },
      Field("generations") { (entry, pool) throws(ConfigurationError) in
        pool.keepsGenerations = try entry.boolean()
      },
      Field("copies") { (entry, pool) throws(ConfigurationError) in
        var copies: [[Located<String>]] = []
        for copy in try entry.items() {
          var names: [Located<String>] = []
          for item in try copy.items() { names.append(try item.text()) }
          copies.append(names)
        }
        pool.copies = Located(copies, entry.origin)
      },
      Field("replication") { (entry, pool) throws(ConfigurationError) in
        pool.replication = Located(try entry.choice(of: ReplicationConfiguration.Mode.self), entry.origin)
      },
      Field("min_ready") { (entry, pool) throws(ConfigurationError) in
        pool.minimumReady = try entry.integer(1...PoolConfiguration.copyLimit)
      },
      Field("lag_time") { (entry, pool) throws(ConfigurationError) in
        pool.lagTime = try entry.milliseconds(10...60_000)
      },
    ] + HerdFields.fields
}
