/// The keys of a pool that protect its readers: `early_refresh`, `serve_stale`, `coalesce`, `hold_off`.
enum HerdFields {
  /// Milliseconds; how long a reader may take to compute a value.
  static let leaseRange = 10...600_000

  static let fields: [Field<PoolDraft>] = [
    Field("early_refresh") { (entry, pool) throws(ConfigurationError) in
      try entry.read(earlyRefresh, into: &pool.herd)
      if !pool.herd.refreshesEarly {
        throw entry.error("it has no before", "add before:, as in before: 10s or before: 10%")
      }
    },
    Field("serve_stale") { (entry, pool) throws(ConfigurationError) in
      pool.herd.serveStale = try entry.duration(0...86_400).value
    },
    Field("coalesce") { (entry, pool) throws(ConfigurationError) in
      pool.herd.coalesceWait = 1000
      try entry.read(coalesce, into: &pool.herd)
    },
    Field("hold_off") { (entry, pool) throws(ConfigurationError) in
      pool.herd.holdOff = try entry.milliseconds(0...600_000).value
    },
  ]

  private static let earlyRefresh: [Field<HerdConfiguration>] = [
    Field("before") { (entry, herd) throws(ConfigurationError) in
      let text = try entry.text(as: "a duration or a percentage", "10s")
      if text.value.hasSuffix("%") {
        guard let percent = Quantity.integer(text.value.dropLast()), 1...25 ~= percent else {
          throw entry.error("\(quoted(text.value)) is out of range", "give 1% to 25%")
        }
        herd.refreshPermille = percent * 10
      } else {
        herd.refreshBefore = try entry.milliseconds(1...86_400_000).value
      }
    },
    Field("lease") { (entry, herd) throws(ConfigurationError) in
      herd.refreshLease = try entry.milliseconds(leaseRange).value
    },
  ]

  private static let coalesce: [Field<HerdConfiguration>] = [
    Field("wait") { (entry, herd) throws(ConfigurationError) in
      herd.coalesceWait = try entry.milliseconds(1...600_000).value
    },
    Field("lease") { (entry, herd) throws(ConfigurationError) in
      herd.coalesceLease = try entry.milliseconds(leaseRange).value
    },
    Field("max_waiters") { (entry, herd) throws(ConfigurationError) in
      herd.maximumWaiters = try entry.integer(0...1_000_000).value
    },
  ]
}
