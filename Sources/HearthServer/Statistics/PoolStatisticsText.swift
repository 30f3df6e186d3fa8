import HearthConfig
import HearthStorage

/// `stats items`, `stats slabs` and `stats pools`: what the pools hold. memcached's tables know slab classes;
/// here all items are class 1.
enum PoolStatisticsText {
  /// All pools as one.
  static func total(_ pools: [PoolStatistics]) -> PoolStatistics {
    // There is always the default pool.
    var t = pools[0]
    for p in pools.dropFirst() {
      t.items += p.items
      t.bytes += p.bytes
      t.usedBytes += p.usedBytes
      t.indexBytes += p.indexBytes
      t.limitBytes += p.limitBytes
      t.segmentBytes = max(t.segmentBytes, p.segmentBytes)
      t.segments += p.segments
      t.freeSegments += p.freeSegments
      t.totalItems += p.totalItems
      t.evictions += p.evictions
      t.evictedUnfetched += p.evictedUnfetched
      t.evictedExpiring += p.evictedExpiring
      t.lastEvictedAge = max(t.lastEvictedAge, p.lastEvictedAge)
      t.reclaimed += p.reclaimed
      t.expiredUnfetched += p.expiredUnfetched
      t.flushed += p.flushed
      t.outOfMemory += p.outOfMemory
      t.promoted += p.promoted
      t.reinserted += p.reinserted
      t.compacted += p.compacted
      t.scanned += p.scanned
      t.scans += p.scans
      t.ghostHits += p.ghostHits
      t.heldBytes += p.heldBytes
    }
    return t
  }

  static func items(_ w: WorkerPointer) -> StatisticsWriter {
    var s = StatisticsWriter()
    let sums = StatisticsBaseline.current(w.pointee.server)
    let p = total(sums.pools)
    if p.items == 0 { return s }
    func add(_ name: String, _ value: UInt64) { s.add("items:1:\(name)", value) }
    add("number", p.items)
    add("number_hot", 0)
    add("number_warm", 0)
    add("number_cold", p.items)
    add("age_hot", 0)
    add("age_warm", 0)
    add("age", p.lastEvictedAge)
    add("mem_requested", p.bytes)
    add("evicted", p.evictions)
    add("evicted_nonzero", p.evictedExpiring)
    add("evicted_time", p.lastEvictedAge)
    add("outofmemory", p.outOfMemory)
    add("tailrepairs", 0)
    add("reclaimed", p.reclaimed)
    add("expired_unfetched", p.expiredUnfetched)
    add("evicted_unfetched", p.evictedUnfetched)
    add("evicted_active", 0)
    add("crawler_reclaimed", p.reclaimed)
    add("crawler_items_checked", p.scanned)
    add("lrutail_reflocked", 0)
    add("moves_to_cold", 0)
    add("moves_to_warm", p.promoted)
    add("moves_within_lru", p.reinserted)
    add("direct_reclaims", 0)
    add("hits_to_hot", 0)
    add("hits_to_warm", 0)
    add("hits_to_cold", sums.counters.getHits)
    add("hits_to_temp", 0)
    return s
  }

  static func slabs(_ w: WorkerPointer) -> StatisticsWriter {
    var s = StatisticsWriter()
    let sums = StatisticsBaseline.current(w.pointee.server)
    let p = total(sums.pools)
    let c = sums.counters
    let used = p.segments &- p.freeSegments
    func add(_ name: String, _ value: UInt64) { s.add("1:\(name)", value) }
    add("chunk_size", p.segmentBytes)
    add("chunks_per_page", 1)
    add("total_pages", p.segments)
    add("total_chunks", p.segments)
    add("used_chunks", used)
    add("free_chunks", p.freeSegments)
    add("free_chunks_end", 0)
    add("get_hits", c.getHits)
    add("cmd_set", c.commandSet)
    add("delete_hits", c.deleteHits)
    add("incr_hits", c.incrHits)
    add("decr_hits", c.decrHits)
    add("cas_hits", c.casHits)
    add("cas_badval", c.casBadValue)
    add("touch_hits", c.touchHits)
    s.add("active_slabs", 1)
    s.add("total_malloced", p.usedBytes)
    return s
  }

  static func pools(_ w: WorkerPointer) -> StatisticsWriter {
    var s = StatisticsWriter()
    let server = w.pointee.server
    let configuration = ServerState.locked(server) { server.pointee.configuration }
    let sums = StatisticsBaseline.current(server)
    for (i, (c, p)) in zip(configuration.pools, sums.pools).enumerated() {
      func add(_ name: String, _ value: some CustomStringConvertible) { s.add("\(c.name):\(name)", value) }
      add("kind", c.kind.rawValue)
      if !c.prefix.isEmpty { add("prefix", c.prefix) }
      if let port = c.port { add("port", port) }
      add("limit_maxbytes", p.limitBytes)
      add("used_bytes", p.usedBytes)
      add("index_bytes", p.indexBytes)
      add("held_bytes", p.heldBytes)
      add("bytes", p.bytes)
      add("curr_items", p.items)
      add("total_items", p.totalItems)
      add("evictions", p.evictions)
      add("evicted_unfetched", p.evictedUnfetched)
      add("reclaimed", p.reclaimed)
      add("expired_unfetched", p.expiredUnfetched)
      add("flushed", p.flushed)
      add("outofmemory", p.outOfMemory)
      HerdStatistics.addPool(c, i, server) { add($0, $1) }
      add("segment_size", p.segmentBytes)
      add("segments", p.segments)
      add("segments_free", p.freeSegments)
      add("promoted", p.promoted)
      add("reinserted", p.reinserted)
      add("compacted", p.compacted)
      add("scans", p.scans)
      add("ghost_hits", p.ghostHits)
      add("shards", p.shards)
      add("item_size_max", c.itemSizeLimit)
      add("ttl_default", c.ttlDefault)
      add("ttl_maximum", c.ttlMaximum)
    }
    return s
  }
}
