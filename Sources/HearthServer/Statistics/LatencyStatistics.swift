import CHearth

/// `stats latency`: how long the requests of a round waited for their replies, from the first byte received to
/// the last reply handed to the kernel.
enum LatencyStatistics {
  static func write(_ w: WorkerPointer) -> StatisticsWriter {
    var s = StatisticsWriter()
    let server = w.pointee.server
    let sums = StatisticsBaseline.current(server)
    var longest: UInt64 = 0
    var longestCPU: UInt64 = 0
    for i in 0..<server.pointee.workerCount {
      let other = server.pointee.workers[i]
      longest = max(longest, other.pointee.latency.maximum)
      longestCPU = max(longestCPU, other.pointee.longestCPU)
    }
    s.add("rounds", sums.counters.rounds)
    s.add("requests", sums.counters.requests)
    for (name, share) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)] {
      let value = LatencyHistogram.percentile(share, of: sums.latency)
      s.add("round_us_\(name)", StatisticsWriter.microseconds(value))
    }
    s.add("round_us_max", StatisticsWriter.microseconds(longest))
    s.add("callback_cpu_us_max", StatisticsWriter.microseconds(longestCPU))
    let pools = server.pointee.pools
    let hold = (0..<pools.count).map { pools.pools[$0].pool.statistics().longestHold }.max() ?? 0
    s.add("lock_cpu_us_max", StatisticsWriter.microseconds(hold))
    return s
  }
}
