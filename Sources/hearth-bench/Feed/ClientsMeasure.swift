import CHearth
import Glibc

/// What clients of another pool notice of a load at its default rate.
enum ClientsMeasure {
  private static let connections = 4
  private static let keys: UInt64 = 100_000

  private static let prefix = "other:"

  /// - Parameter rate: gets per second of all clients.
  static func measure(
    _ database: FeedDatabase, hearthd: String, rows: Int, rate: Int, runs: Int, shown: Bool
  ) throws(SystemError) -> FigureReport {
    var idle = Latencies()
    var loading = Latencies()
    var seconds: [Double] = []
    let standsBack = database.standBack()
    let progress = Progress(enabled: shown, prefix: "clients ")
    for run in 1...runs {
      progress.show { "run \(run) of \(runs)" }
      let fed = try FedServer(hearthd, database, rows: rows, loadRate: nil)
      var plan = LoadPlan(endpoint: fed.server.endpoint)
      plan.keys = keys
      let written = try LoadRun.run(plan.prefill(), Keyspace(prefix: prefix, valueSize: .fixed(100)))
      if written.failed { throw SystemError("writing the clients' keys: \(written.complaint ?? "closed")") }
      while try fed.field("phase") == "connecting" { usleep(1000) }
      let start = hearth_monotonic_ns()
      let load = PacedLoad(
        endpoint: fed.server.endpoint, rate: rate, connections: connections, keys: keys, prefix: prefix)
      let during = try load.latencies { () throws(SystemError) in
        while try fed.field("phase") == "loading" { usleep(50_000) }
      }
      let lasted = hearth_monotonic_ns() - start
      guard lasted >= 1_000_000_000 else {
        throw SystemError("the load was over before the clients were; give it more --rows")
      }
      let after = try load.latencies { () throws(SystemError) in
        Pace.wait(until: hearth_monotonic_ns() + lasted)
        guard try fed.field("phase") == "following" else { throw SystemError("hearthd no longer follows") }
      }
      seconds.append(Double(lasted) / 1e9)
      loading.add(during)
      idle.add(after)
    }
    progress.clear()
    var report = FigureReport()
    report.add(
      Figure(
        what: "clients' p99 while a table is loaded, to idle", name: "clients_ratio",
        value: loading.p99 / idle.p99,
        unit: "times", places: 2, bound: .atMost(1.5)))
    let each = Format.decimal(Statistics.median(seconds), 1)
    let beside = (Format.decimal(loading.p99, 0), Format.decimal(loading.p50, 0))
    let after = (Format.decimal(idle.p99, 0), Format.decimal(idle.p50, 0))
    report.remark(
      """
      Clients: \(connections) connections send \(Format.grouped(UInt64(rate))) gets per second to another pool, while the table is \
      loaded with the default load_rows_per_second and as long after, \(each) s each, \(runs) times. p99 \(beside.0) us beside the \
      load and \(after.0) us after, p50 \(beside.1) and \(after.1) us: medians of the figures of each second. Hearthd and clients (with \
      a real-time priority) share the machine with the database, which \
      \(standsBack ? "takes only what they leave of it" : "has the priority that they have").
      """)
    return report
  }
}
