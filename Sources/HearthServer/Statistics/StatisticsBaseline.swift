import CHearth
import HearthHerd
import HearthNet
import HearthStorage

/// Everything that `stats reset` sets to zero, summed over workers and pools. A reset keeps such a sum and later
/// ones are shown minus it: counters of other threads cannot be set without a race.
struct StatisticsBaseline {
  var counters = Counters()
  var net = NetCounters()
  var latency = [UInt64](repeating: 0, count: LatencyHistogram.buckets)
  var connections: UInt64 = 0
  var rejected: UInt64 = 0
  var listenDisabled: UInt64 = 0
  var mutex = MutexCounters()
  var pools: [PoolStatistics] = []

  init() {}

  /// The sums now, nothing subtracted.
  init(summing server: UnsafeMutablePointer<ServerState>) {
    for i in 0..<server.pointee.workerCount {
      let w = server.pointee.workers[i]
      Self.add(&w.pointee.counters, to: &counters)
      Self.add(&w.pointee.loop.pointee.counters, to: &net)
      w.pointee.latency.add(to: &latency)
    }
    connections = server.pointee.counts.total
    rejected = server.pointee.counts.rejected
    listenDisabled = server.pointee.counts.listenDisabled
    mutex = server.pointee.mutex.figures.counters
    pools = (0..<server.pointee.pools.count).map { server.pointee.pools.pools[$0].pool.statistics() }
  }

  /// Adds a struct of UInt64 fields in another thread's memory to one of our own, word by word.
  private static func add<T>(_ source: UnsafeMutableRawPointer, to sum: inout T) {
    withUnsafeMutableBytes(of: &sum) { words in
      for i in stride(from: 0, to: words.count, by: 8) {
        let value = words.load(fromByteOffset: i, as: UInt64.self) &+ hearth_atomic_load64(source + i)
        words.storeBytes(of: value, toByteOffset: i, as: UInt64.self)
      }
    }
  }

  private static func subtract<T>(_ value: T, from total: inout T) {
    withUnsafeBytes(of: value) { old in
      withUnsafeMutableBytes(of: &total) { words in
        for i in stride(from: 0, to: words.count, by: 8) {
          let difference =
            words.load(fromByteOffset: i, as: UInt64.self) &- old.load(fromByteOffset: i, as: UInt64.self)
          words.storeBytes(of: difference, toByteOffset: i, as: UInt64.self)
        }
      }
    }
  }

  /// What has happened since `base`. What a pool holds is not a count of events and stays as it is.
  func since(_ base: StatisticsBaseline) -> StatisticsBaseline {
    var result = self
    Self.subtract(base.counters, from: &result.counters)
    Self.subtract(base.net, from: &result.net)
    for i in 0..<latency.count { result.latency[i] &-= base.latency[i] }
    Self.subtract(base.mutex, from: &result.mutex)
    result.connections &-= base.connections
    result.rejected &-= base.rejected
    result.listenDisabled &-= base.listenDisabled
    for i in 0..<min(pools.count, base.pools.count) {
      let old = base.pools[i]
      result.pools[i].totalItems &-= old.totalItems
      result.pools[i].evictions &-= old.evictions
      result.pools[i].evictedUnfetched &-= old.evictedUnfetched
      result.pools[i].evictedExpiring &-= old.evictedExpiring
      result.pools[i].reclaimed &-= old.reclaimed
      result.pools[i].expiredUnfetched &-= old.expiredUnfetched
      result.pools[i].flushed &-= old.flushed
      result.pools[i].outOfMemory &-= old.outOfMemory
      result.pools[i].promoted &-= old.promoted
      result.pools[i].reinserted &-= old.reinserted
      result.pools[i].compacted &-= old.compacted
      result.pools[i].scanned &-= old.scanned
      result.pools[i].scans &-= old.scans
      result.pools[i].ghostHits &-= old.ghostHits
    }
    return result
  }

  /// The current values as statistics show them.
  static func current(_ server: UnsafeMutablePointer<ServerState>) -> StatisticsBaseline {
    let now = StatisticsBaseline(summing: server)
    return now.since(ServerState.locked(server) { server.pointee.baseline })
  }
}
