import CHearth
import HearthConfig
import HearthStorage

/// What the admin interface asks for. Any thread, while the server runs.
extension Server {
  /// What a pool holds.
  public struct PoolSummary: Sendable, Equatable {
    /// Its name in the configuration.
    public let name: String
    /// Whether it evicts.
    public let kind: PoolConfiguration.Kind
    /// Live items.
    public let items: UInt64
    /// Bytes of live items, headers included.
    public let bytes: UInt64
    /// The memory limit in force, bytes.
    public let limit: UInt64
  }

  /// All pools, the default pool first. Costs one lock per shard.
  public func poolSummaries() -> [PoolSummary] {
    let configured = ServerState.locked(state) { state.pointee.configuration.pools }
    let pools = state.pointee.pools.pools
    return configured.enumerated().map { i, pool in
      let sum = pools[i].pool.statistics()
      return PoolSummary(
        name: pool.name, kind: pool.kind, items: sum.items, bytes: sum.bytes, limit: sum.limitBytes)
    }
  }

  /// Whole seconds since the start.
  public var uptime: UInt64 { state.pointee.clock.uptime(at: hearth_monotonic_ns()) }
}
