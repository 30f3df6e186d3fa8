import CHearth
import HearthConfig
import HearthHerd

/// `stats herd`: what herd protection and generations did since the start, over all pools; the same per pool in
/// `stats pools`.
enum HerdStatistics {
  static func write(_ w: WorkerPointer) -> StatisticsWriter {
    var s = StatisticsWriter()
    let server = w.pointee.server
    var sum = HerdCounters()
    for i in 0..<server.pointee.pools.count { sum += counters(server, pool: i) }
    add(sum) { s.add($0, $1) }
    var (keys, waiting, bytes) = (0, 0, 0)
    for part in 0..<LeaseShards.count {
      server.pointee.leases.withTable(part) { table in
        keys += table.count
        waiting += table.parkedReaders
        bytes += table.bytes
      }
    }
    s.add("keys_leased", keys)
    s.add("readers_waiting", waiting)
    s.add("lease_bytes", bytes)
    return s
  }

  /// The counters of one pool.
  static func counters(_ server: UnsafeMutablePointer<ServerState>, pool: Int) -> HerdCounters {
    var sum = HerdCounters()
    for part in 0..<LeaseShards.count {
      sum += server.pointee.leases.withTable(part) { $0.counters(pool: UInt16(pool)) }
    }
    return sum
  }

  /// The lines about one pool, where it has a rule or keeps generations.
  static func addPool(
    _ c: PoolConfiguration, _ index: Int, _ server: UnsafeMutablePointer<ServerState>,
    _ body: (String, UInt64) -> Void
  ) {
    if c.herd.isOn { add(counters(server, pool: index)) { body("herd_\($0)", $1) } }
    if c.keepsGenerations {
      let s = server.pointee.pools.pools[index].pool.generationStatistics
      body("generation_groups", UInt64(s.groups))
      body("generation_bytes", UInt64(s.bytes))
      body("generation_bumps", s.bumps)
      body("generation_sweeps", s.sweeps)
    }
  }

  private static func add(_ c: HerdCounters, _ body: (String, UInt64) -> Void) {
    body("leases_given", c.leasesGiven)
    body("leases_completed", c.leasesCompleted)
    body("leases_lost", c.leasesLost)
    body("leases_withdrawn", c.leasesWithdrawn)
    body("refreshes_in_time", c.refreshesInTime)
    body("stale_served", c.staleServed)
    body("readers_parked", c.parked)
    body("readers_released", c.released)
    body("readers_promoted", c.promoted)
    body("readers_gave_up", c.gaveUp)
    body("readers_closed", c.closed)
    body("spilled", c.spilled)
    body("hold_off_refusals", c.holdOffRefusals)
    body("recomputations_saved", c.recomputationsSaved)
  }
}
