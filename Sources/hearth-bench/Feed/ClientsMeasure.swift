import CHearth
import Glibc

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

  /// - Parameter rate: gets per second of all clients.
  static func measure(
    _ database: FeedDatabase, hearthd: String, rows: Int, rate: Int, runs: Int, shown: Bool
  ) throws(SystemError) -> FeedReport {
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
      let written = try LoadRun.run(plan.prefill(), keyspace)
      if written.failed { throw SystemError("writing the clients' keys: \(written.complaint ?? "closed")") }
      while try fed.field("phase") == "connecting" { usleep(1000) }
      let start = hearth_monotonic_ns()
      let during = try latency(fed.server.endpoint, rate) { () throws(SystemError) in
        while try fed.field("phase") == "loading" { usleep(50_000) }
      }
      let lasted = hearth_monotonic_ns() - start
      guard lasted >= 1_000_000_000 else {
        throw SystemError("the load was over before the clients were; give it more --rows")
      }
      let after = try latency(fed.server.endpoint, rate) { () throws(SystemError) in
        Pace.wait(until: hearth_monotonic_ns() + lasted)
        guard try fed.field("phase") == "following" else { throw SystemError("hearthd no longer follows") }
      }
      seconds.append(Double(lasted) / 1e9)
      loading.add(during)
      idle.add(after)
    }
    progress.clear()
    var report = FeedReport()
    report.add(
      FeedFigure(
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

  /// What the clients see while `body` runs.
  private static func latency(
    _ endpoint: Endpoint, _ rate: Int, while body: () throws(SystemError) -> Void
  ) throws(SystemError) -> [[UInt64]] {
    let control = LoadControl()
    defer { control.deallocate() }
    let start = hearth_monotonic_ns() + 20_000_000
    let clients = (0..<connections).map { i in
      PacedClient(
        endpoint,
        pace: Pace(
          start: start + UInt64(i * 1_000_000_000 / rate), rate: Double(rate) / Double(connections)),
        keys: keys, seed: UInt64(i) + 1, control: control)
    }
    var threads: [BackgroundThread] = []
    for client in clients { threads.append(try BackgroundThread { client.run() }) }
    var failure: SystemError?
    do throws(SystemError) {
      try body()
    } catch {
      failure = error
    }
    control.enter(LoadControl.Phase.stopping)
    for thread in threads { thread.join() }
    for client in clients { failure = failure ?? client.failure }
    if clients.contains(where: { !$0.isPreferred }) {
      Console.error(
        "hearth-bench: the clients may not have a real-time priority, and wait for cores themselves")
    }
    if let failure { throw failure }
    let seconds = clients.map(\.latencies.count).min() ?? 0
    return (0..<seconds).map { second in clients.flatMap { $0.latencies[second] } }
  }
}
