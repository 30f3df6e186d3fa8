import HearthHerd

/// `stats mutex`: what the mutex port does, and did since the last `stats reset`.
enum MutexStatistics {
  static func write(_ w: WorkerPointer) -> StatisticsWriter {
    var s = StatisticsWriter()
    let server = w.pointee.server
    guard ServerState.locked(server, { server.pointee.configuration.mutex != nil }) else {
      s.add("mode", "off")
      return s
    }
    let now = server.pointee.mutex.figures
    let counters = StatisticsBaseline.current(server).mutex
    s.add("mode", now.options.mode.name)
    s.add("time_out_ms", now.options.timeOut)
    s.add("connections", now.connections)
    s.add("held", now.held)
    s.add("waiting", now.waiting)
    s.add("acquired", counters.acquired)
    s.add("released", counters.released)
    s.add("time_outs", counters.timeOuts)
    s.add("waited", counters.waited)
    s.add("told", counters.told)
    s.add("told_by_set", counters.toldBySet)
    s.add("hand_overs", counters.handOvers)
    s.add("closed_waiting", counters.closedWaiting)
    s.add("refused", counters.refused)
    s.add("longest_hold_ms", now.longestHold)
    s.add("bytes", now.bytes)
    return s
  }
}
