import CHearth
import HearthConfig
import HearthNet

/// `stats settings`. Names that tools read are those of memcached; settings that have no meaning here are left
/// out, but for those that the exporter wants as soon as it sees `lru_crawler yes`.
enum SettingsStatistics {
  static func write(_ w: WorkerPointer) -> StatisticsWriter {
    var s = StatisticsWriter()
    let server = w.pointee.server
    let c = ServerState.locked(server) { server.pointee.configuration }
    listeners(server, c, &s)
    s.add("verbosity", hearth_atomic_load64(&server.pointee.verbosity))
    s.add("oldest", 0)
    s.add("evictions", c.evictionsDisabled ? "off" : "on")
    s.add("shutdown_command", c.shutdownEnabled)
    s.add("num_threads", server.pointee.workerCount)
    s.add("stat_key_prefix", String(UnicodeScalar(c.statisticsDelimiter)))
    s.add("detail_enabled", hearth_atomic_load64(&server.pointee.detail) != 0)
    s.add("reqs_per_event", c.requestsPerEvent)
    s.add("cas_enabled", !c.casDisabled)
    s.add("tcp_backlog", c.backlog)
    s.add("binding_protocol", c.bindingProtocol == .auto ? "auto-negotiate" : "ascii")
    s.add("auth_enabled_sasl", false)
    s.add("auth_enabled_ascii", false)
    s.add("item_size_max", c.pools[0].itemSizeLimit)
    s.add("maxconns_fast", true)
    s.add("slab_reassign", false)
    s.add("slab_automove", 0)
    s.add("lru_crawler", true)
    s.add("lru_crawler_sleep", 0)
    s.add("lru_crawler_tocrawl", 0)
    s.add("flush_enabled", !c.flushDisabled)
    s.add("dump_enabled", !c.dumpDisabled)
    s.add("hash_algorithm", "xxh3")
    s.add("lru_maintainer_thread", true)
    s.add("lru_segmented", true)
    s.add("hot_lru_pct", 10)
    s.add("warm_lru_pct", 0)
    s.add("hot_max_factor", "0.00")
    s.add("warm_max_factor", "0.00")
    s.add("temp_lru", false)
    s.add("temporary_ttl", 0)
    s.add("idle_timeout", c.idleTimeout)
    s.add("client_flags_size", 4)
    return s
  }

  private static func listeners(
    _ server: UnsafeMutablePointer<ServerState>, _ c: Configuration, _ s: inout StatisticsWriter
  ) {
    s.add("maxbytes", c.memory)
    s.add("maxconns", c.connectionLimit)
    s.add("tcpport", server.pointee.tcpPort)
    s.add("udpport", server.pointee.udpPort)
    var address = "NULL"
    var path = "NULL"
    var mode: UInt32 = 0o700
    for listener in c.listeners {
      switch listener {
      case .tcp(let a, _, _) where address == "NULL": address = a
      case .unix(let p, let m, _):
        path = p
        mode = m
      default: break
      }
    }
    s.add("inter", address)
    s.add("domain_socket", path)
    s.add("umask", String(mode, radix: 8))
  }
}
