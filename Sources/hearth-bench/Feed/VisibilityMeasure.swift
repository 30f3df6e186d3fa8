import CHearth
import Glibc
import Histogram

/// How long after its COMMIT a change is in the cache, while transactions come at a fixed rate.
enum VisibilityMeasure {
  /// Rows that are changed.
  private static let rows = 100_000
  /// One of so many transactions is looked for.
  private static let every = 10

  static func measure(
    _ database: FeedDatabase, hearthd: String, rate: Int, seconds: Int, writers: Int, shown: Bool
  ) throws(SystemError) -> FigureReport {
    let session = try DatabaseSession(socket: database.socket)
    for statement in FeedTable.creation { try session.run(statement) }
    let filling = Progress(enabled: shown, prefix: "visibility: rows ")
    try FeedTable.forBatches(rows, session, filling, FeedTable.insertion)
    let fed = try FedServer(hearthd, database, rows: rows, loadRate: 0)
    try fed.awaitLoad(Progress(enabled: shown, prefix: "visibility: load "))

    let count = rate * seconds
    let board = VisibilityBoard(capacity: count / every + writers)
    let watcher = VisibilityWatcher(fed.server.endpoint, board)
    let cpu = try ProcessStatistics(pid: fed.server.pid).cpuSeconds
    let pace = Pace(start: hearth_monotonic_ns() + 200_000_000, rate: Double(rate))
    let workers = (0..<writers).map {
      VisibilityWriter(
        $0, of: writers, socket: database.socket, board: board, pace: pace, count: count, rows: rows,
        every: every)
    }
    let watching = try BackgroundThread { watcher.run() }
    var threads: [BackgroundThread] = []
    for worker in workers { threads.append(try BackgroundThread { worker.run() }) }
    for thread in threads { thread.join() }
    watcher.finish()
    watching.join()
    for failure in workers.compactMap(\.failure) + [watcher.failure].compactMap({ $0 }) { throw failure }

    let end = workers.map(\.end).max() ?? pace.start
    return try report(
      board.samples, workers, reached: Double(count) * 1e9 / Double(end - pace.start), rate: rate,
      looks: watcher.looks, cpu: try ProcessStatistics(pid: fed.server.pid).cpuSeconds - cpu)
  }

  private static func report(
    _ samples: [VisibilitySample], _ writers: [VisibilityWriter], reached: Double, rate: Int, looks: UInt64,
    cpu: Double
  ) throws(SystemError) -> FigureReport {
    let delays = samples.compactMap(\.delay).sorted()
    guard delays.count == samples.count, !delays.isEmpty else {
      throw SystemError(
        "\(samples.count - delays.count) of \(samples.count) changes were not in the cache after ten seconds")
    }
    func milliseconds(_ share: Double) -> Double {
      Double(delays[min(Int(Double(delays.count) * share), delays.count - 1)]) / 1e6
    }
    var report = FigureReport()
    report.add(
      Figure(
        what: "transactions while visibility is measured", name: "transactions", value: reached,
        unit: "per second", places: 0, bound: .atLeast(Double(rate) * 0.99)))
    for (name, share, bound) in [
      ("p50", 0.5, Figure.Bound.atMost(2)), ("p99", 0.99, .atMost(10)), ("max", 1, .none),
    ] {
      report.add(
        Figure(
          what: "commit to visible, \(name)", name: "visible_\(name)", value: milliseconds(share), unit: "ms",
          places: 2, bound: bound))
    }
    let commits = merged(writers.map(\.commits))
    let lateness = merged(writers.map(\.lateness))
    let early = delays.prefix { $0 == 0 }.count
    let looked = Format.grouped(UInt64(samples.count))
    let share = early * 100 / delays.count
    report.remark(
      """
      Visibility: \(writers.count) connections, \(looked) changes looked for by \(Format.grouped(looks)) gets; \(share) % were in the \
      cache before COMMIT had returned and count as 0. The time of a look, about 0.1 ms, is part of the figures.
      """)
    let used = Format.decimal(cpu, 1)
    report.remark(
      """
      The database took \(times(commits)) for a transaction; transactions began \(times(lateness)) after their time. hearthd used \
      \(used) s of CPU time for changes and gets.
      """)
    return report
  }

  private static func merged(_ parts: [Histogram<UInt64>]) -> Histogram<UInt64> {
    var all = ThreadReport.emptyHistogram()
    for part in parts { all.add(part) }
    return all
  }

  private static func times(_ histogram: Histogram<UInt64>) -> String {
    let p50 = Format.decimal(Double(histogram.valueAtPercentile(50)) / 1e6, 2)
    let p99 = Format.decimal(Double(histogram.valueAtPercentile(99)) / 1e6, 2)
    return "\(p50) ms (p50), \(p99) ms (p99), \(Format.decimal(Double(histogram.max) / 1e6, 1)) ms (max)"
  }
}
