import CHearth
import Glibc
import HearthConfig
import HearthNet
import HearthStorage

/// `stats`: what every monitor reads.
enum GeneralStatistics {
  static func write(_ w: WorkerPointer) -> StatisticsWriter {
    var writer = StatisticsWriter()
    let server = w.pointee.server
    let sums = StatisticsBaseline.current(server)
    process(server, w.pointee.now, &writer)
    connections(server, sums, &writer)
    commands(sums.counters, &writer)
    traffic(server, sums, &writer)
    storage(sums, &writer)
    return writer
  }

  private static func process(
    _ server: UnsafeMutablePointer<ServerState>, _ now: UInt32, _ s: inout StatisticsWriter
  ) {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    s.add("pid", getpid())
    s.add("uptime", server.pointee.clock.uptime(at: hearth_monotonic_ns()))
    s.add("time", now)
    s.add("version", protocolVersion)
    s.add("hearth_version", hearthVersion)
    s.add("libevent", MainLoop.libraryVersion)
    s.add("pointer_size", 64)
    s.add("rusage_user", seconds(usage.ru_utime))
    s.add("rusage_system", seconds(usage.ru_stime))
  }

  /// Six decimals: the exporter's parser demands two numbers with a dot between.
  private static func seconds(_ t: timeval) -> String {
    let micros = String(t.tv_usec)
    return "\(t.tv_sec).\(String(repeating: "0", count: 6 - micros.count))\(micros)"
  }

  private static func connections(
    _ server: UnsafeMutablePointer<ServerState>, _ sums: StatisticsBaseline, _ s: inout StatisticsWriter
  ) {
    let counts = server.pointee.counts
    s.add("max_connections", counts.limit)
    s.add("curr_connections", counts.current)
    s.add("total_connections", sums.connections)
    s.add("rejected_connections", sums.rejected)
    s.add("connection_structures", counts.current)
    s.add("read_buf_bytes", server.pointee.budget.inUse)
    s.add("read_buf_bytes_limit", server.pointee.budget.limit)
  }

  private static func commands(_ c: Counters, _ s: inout StatisticsWriter) {
    s.add("cmd_get", c.commandGet)
    s.add("cmd_set", c.commandSet)
    s.add("cmd_flush", c.commandFlush)
    s.add("cmd_touch", c.commandTouch)
    s.add("cmd_meta", c.commandMeta)
    s.add("get_hits", c.getHits)
    s.add("get_misses", c.getMisses)
    s.add("get_expired", c.getExpired)
    s.add("get_flushed", c.getFlushed)
    s.add("delete_misses", c.deleteMisses)
    s.add("delete_hits", c.deleteHits)
    s.add("incr_misses", c.incrMisses)
    s.add("incr_hits", c.incrHits)
    s.add("decr_misses", c.decrMisses)
    s.add("decr_hits", c.decrHits)
    s.add("cas_misses", c.casMisses)
    s.add("cas_hits", c.casHits)
    s.add("cas_badval", c.casBadValue)
    s.add("touch_hits", c.touchHits)
    s.add("touch_misses", c.touchMisses)
    s.add("store_too_large", c.storeTooLarge)
    s.add("store_no_memory", c.storeNoMemory)
    // There is no authentication in this build, so both are truly 0.
    s.add("auth_cmds", 0)
    s.add("auth_errors", 0)
  }

  private static func traffic(
    _ server: UnsafeMutablePointer<ServerState>, _ sums: StatisticsBaseline, _ s: inout StatisticsWriter
  ) {
    s.add("idle_kicks", sums.net.idleClosed)
    s.add("stalled_kicks", sums.net.stalledClosed)
    s.add("bytes_read", sums.net.bytesRead)
    s.add("bytes_written", sums.net.bytesWritten)
    s.add("limit_maxbytes", ServerState.locked(server) { server.pointee.configuration.memory })
    s.add("accepting_conns", server.pointee.counts.isAccepting ? 1 : 0)
    s.add("listen_disabled_num", sums.listenDisabled)
    s.add("threads", server.pointee.workerCount)
    s.add("conn_yields", sums.net.yields)
    s.add("output_waits", sums.counters.outputWaits)
  }

  private static func storage(_ sums: StatisticsBaseline, _ s: inout StatisticsWriter) {
    let p = PoolStatisticsText.total(sums.pools)
    s.add("hash_bytes", p.indexBytes)
    s.add("hash_is_expanding", 0)
    s.add("slab_reassign_running", 0)
    s.add("slabs_moved", 0)
    s.add("lru_crawler_running", 0)
    s.add("lru_crawler_starts", p.scans)
    s.add("bytes", p.bytes)
    s.add("curr_items", p.items)
    s.add("total_items", p.totalItems)
    s.add("slab_global_page_pool", p.freeSegments)
    s.add("expired_unfetched", p.expiredUnfetched)
    s.add("evicted_unfetched", p.evictedUnfetched)
    s.add("evicted_active", 0)
    s.add("evictions", p.evictions)
    s.add("reclaimed", p.reclaimed)
    s.add("crawler_reclaimed", p.reclaimed)
    s.add("crawler_items_checked", p.scanned)
    s.add("lrutail_reflocked", 0)
    s.add("moves_to_cold", 0)
    s.add("moves_to_warm", p.promoted)
    s.add("moves_within_lru", p.reinserted)
    s.add("direct_reclaims", 0)
    s.add("lru_bumps_dropped", 0)
  }
}
