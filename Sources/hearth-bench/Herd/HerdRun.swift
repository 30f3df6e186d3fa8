import CHearth
import Glibc

/// Runs a herd against a server: sets the key, so that the first expiry finds it there, and lets all clients poll it.
enum HerdRun {
  static func run(_ plan: HerdPlan, progress: Progress = Progress(enabled: false)) throws(SystemError)
    -> HerdResult
  {
    let control = LoadControl()
    defer { control.deallocate() }
    let database = SharedDatabase()
    var herd: [HerdThread] = []
    for i in 0..<plan.threads {
      herd.append(try HerdThread(plan: plan, thread: i, database: database, control: control))
    }
    try warm(plan)
    let begin = hearth_monotonic_ns()
    var threads: [BackgroundThread] = []
    var failure: SystemError?
    do throws(SystemError) {
      for part in herd { threads.append(try BackgroundThread { part.run() }) }
      wait(plan, begin, herd, database, progress)
    } catch {
      failure = error
    }
    control.enter(LoadControl.Phase.stopping)
    for thread in threads { thread.join() }
    let end = hearth_monotonic_ns()
    progress.clear()
    var measure = HerdMeasure()
    for part in herd {
      failure = failure ?? part.failure
      measure.add(part.measure)
    }
    if let failure { throw failure }
    return HerdResult(
      database: database.snapshot.shifted(by: begin), measure: measure, duration: end - begin)
  }

  /// Sets the key for the first time.
  static func warm(_ plan: HerdPlan) throws(SystemError) {
    let value = HerdValue(ticket: 0, computedAt: hearth_monotonic_ns())
    let text = String(decoding: value.bytes, as: UTF8.self)
    let request = "set \(HerdThread.key) 0 \(plan.ttl) \(HerdValue.size)\r\n\(text)"
    let reply = try StatsClient(plan.endpoint).command(request, until: "\r\n")
    if reply != "STORED\r\n" {
      throw SystemError("the server does not store the first value: \(reply.prefix { $0 != "\r\n" })")
    }
  }

  private static func wait(
    _ plan: HerdPlan, _ begin: UInt64, _ herd: [HerdThread], _ database: SharedDatabase, _ progress: Progress
  ) {
    while hearth_monotonic_ns() - begin < plan.duration {
      usleep(20_000)
      progress.show {
        "of \(plan.duration / 1_000_000_000), \(Format.grouped(herd.reduce(0) { $0 + $1.reads })) reads, "
          + "\(database.count) computations"
      }
    }
  }
}
