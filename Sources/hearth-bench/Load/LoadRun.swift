import CHearth
import Glibc

/// Runs a plan to its end: starts the load threads, measures between the warm-up and the end, joins them.
enum LoadRun {
  static func run(_ plan: LoadPlan, _ keyspace: Keyspace, progress: Progress = Progress(enabled: false))
    throws(SystemError) -> LoadResult
  {
    for pid in plan.serverPIDs { _ = try ProcessStatistics(pid: pid) }
    let control = LoadControl()
    var threads: [LoadThread] = []
    for i in 0..<plan.threads {
      threads.append(try LoadThread(plan: plan, keyspace: keyspace, thread: i, control: control))
    }
    // Without a warm-up every request counts, from the first one on.
    if plan.warmup == 0 { control.enter(LoadControl.Phase.measuring) }
    var before = Sample(threads, plan.serverPIDs)
    for thread in threads { try thread.start() }
    if plan.warmup > 0 {
      wait(threads, until: before.time + nanoseconds(plan.warmup), progress)
      control.enter(LoadControl.Phase.measuring)
      before = Sample(threads, plan.serverPIDs)
    }
    let end = plan.seconds.map { before.time + nanoseconds($0) } ?? UInt64.max
    wait(threads, until: end, progress)
    let after = Sample(threads, plan.serverPIDs)
    control.enter(LoadControl.Phase.stopping)
    progress.clear()

    var result = LoadResult()
    result.counts = after.counts - before.counts
    result.seconds = Double(after.time - before.time) / 1e9
    if let cpu = after.process?.cpuSeconds, let earlier = before.process?.cpuSeconds {
      result.serverCPUSeconds = cpu - earlier
    }
    result.serverResidentBytes = after.process?.residentBytes
    var failure: SystemError?
    for thread in threads {
      let report = thread.join()
      result.errors = result.errors + report.counts
      result.latency.add(report.latency)
      result.complaint = result.complaint ?? report.complaint
      failure = failure ?? report.failure
      report.deallocate()
      thread.deallocate()
    }
    control.deallocate()
    if let failure { throw failure }
    return result
  }

  private static func nanoseconds(_ seconds: Double) -> UInt64 { UInt64(seconds * 1e9) }

  /// Until the time or until every thread has ended.
  private static func wait(_ threads: [LoadThread], until end: UInt64, _ progress: Progress) {
    while !threads.allSatisfy({ $0.isFinished }) {
      let now = hearth_monotonic_ns()
      if now >= end { return }
      usleep(UInt32(min(end - now, 20_000_000) / 1000))
      progress.show { "\(threads.reduce(0) { $0 + $1.counts.operations }) operations" }
    }
  }

  /// The counts and the server's CPU time at one moment.
  private struct Sample {
    let time: UInt64
    let counts: ReplyCounts
    let process: ProcessStatistics?

    /// A server that has died has no figures; the closed connections tell.
    init(_ threads: [LoadThread], _ pids: [pid_t]) {
      let processes = pids.compactMap { try? ProcessStatistics(pid: $0) }
      process =
        pids.isEmpty || processes.count < pids.count
        ? nil
        : ProcessStatistics(
          cpuSeconds: processes.reduce(0) { $0 + $1.cpuSeconds },
          residentBytes: processes.reduce(0) { $0 + $1.residentBytes })
      counts = threads.reduce(ReplyCounts()) { $0 + $1.counts }
      time = hearth_monotonic_ns()
    }
  }
}
