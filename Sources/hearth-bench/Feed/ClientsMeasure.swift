import CHearth
import Histogram

/// What clients of another pool notice of a load at its default rate.
enum ClientsMeasure {
  private static let connections = 4
  private static let keys: UInt64 = 100_000

  /// Name of a key of the default pool.
  static func key(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return "other:" + String(repeating: "0", count: Keyspace.shortestKey - digits.count) + digits
  }

  private static var keyspace: Keyspace { Keyspace(prefix: "other:", valueSize: .fixed(100)) }

  /// - Parameters:
  ///   - rows: of the table; a load that is over before the clients are is begun again.
  ///   - rate: gets per second of all clients.
  ///   - seconds: of each piece of the measurement.
  static func measure(
    _ database: FeedDatabase, hearthd: String, rows: Int, rate: Int, seconds: Int, runs: Int, shown: Bool
  ) throws(SystemError) -> FeedReport {
    var idle: [Double] = []
    var loading: [Double] = []
    var medians: (idle: [Double], loading: [Double]) = ([], [])
    let progress = Progress(enabled: shown, prefix: "clients ")
    for run in 1...runs {
      let fed = try FedServer(hearthd, database, rows: rows, loadRate: nil)
      var plan = LoadPlan(endpoint: fed.server.endpoint)
      plan.keys = keys
      let written = try LoadRun.run(plan.prefill(), keyspace)
      if written.failed { throw SystemError("writing the clients' keys: \(written.complaint ?? "closed")") }
      let during = try latency(fed.server.endpoint, rate, seconds)
      guard try fed.field("phase") == "loading" else {
        throw SystemError("the load was over before the clients were; give it more --rows")
      }
      try fed.awaitLoad(progress)
      let after = try latency(fed.server.endpoint, rate, seconds)
      loading.append(Double(during.valueAtPercentile(99)) / 1000)
      idle.append(Double(after.valueAtPercentile(99)) / 1000)
      medians.loading.append(Double(during.valueAtPercentile(50)) / 1000)
      medians.idle.append(Double(after.valueAtPercentile(50)) / 1000)
      progress.show { "run \(run) of \(runs)" }
    }
    progress.clear()
    let (low, high) = (Statistics.median(idle), Statistics.median(loading))
    var report = FeedReport()
    report.add(
      FeedFigure(
        what: "clients' p99 while a table is loaded, to idle", name: "clients_ratio", value: high / low,
        unit: "times", places: 2, bound: .atMost(1.5)))
    report.remark(
      "Clients: \(connections) connections send \(Format.grouped(UInt64(rate))) gets per second to another pool, "
        + "\(seconds) s while the table is loaded with the default load_rows_per_second and \(seconds) s after, \(runs) "
        + "times: p99 \(Format.decimal(high, 0)) and \(Format.decimal(low, 0)) us, p50 "
        + "\(Format.decimal(Statistics.median(medians.loading), 0)) and \(Format.decimal(Statistics.median(medians.idle), 0)) us "
        + "(medians). Database, clients and hearthd share the machine.")
    return report
  }

  private static func latency(_ endpoint: Endpoint, _ rate: Int, _ seconds: Int) throws(SystemError)
    -> Histogram<UInt64>
  {
    let start = hearth_monotonic_ns() + 20_000_000
    let clients = (0..<connections).map { i in
      let step = UInt64(1_000_000_000 / max(rate, 1))
      return PacedClient(
        endpoint, pace: Pace(start: start + UInt64(i) * step, rate: Double(rate) / Double(connections)),
        count: max(rate * seconds / connections, 1), keys: keys, seed: UInt64(i) + 1)
    }
    var threads: [BackgroundThread] = []
    for client in clients { threads.append(try BackgroundThread { client.run() }) }
    for thread in threads { thread.join() }
    var all = ThreadReport.emptyHistogram()
    for client in clients {
      if let failure = client.failure { throw failure }
      all.add(client.latency)
    }
    return all
  }
}
