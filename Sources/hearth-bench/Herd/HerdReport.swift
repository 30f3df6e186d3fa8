/// The results of all scenarios, as text or as JSON.
struct HerdReport {
  let plan: HerdPlan
  private var rows: [(scenario: HerdScenario, result: HerdResult, tally: ExpiryTally)] = []

  init(plan: HerdPlan) { self.plan = plan }

  mutating func add(_ scenario: HerdScenario, _ result: HerdResult) {
    let margin = plan.ttl * 1_000_000_000 / 4
    rows.append((scenario, result, ExpiryTally(result.database.computations, margin: margin)))
  }

  var hasErrors: Bool { rows.contains { $0.result.hasErrors } }
  private var duration: UInt64 { rows.map(\.result.duration).max() ?? 1 }

  private static func milliseconds(_ nanoseconds: UInt64) -> String {
    Format.decimal(Double(nanoseconds) / 1e6, 1)
  }

  var text: String {
    var table = MarkdownTable([
      "protection", "computations", "expiries", "median each", "most each", "at once", "longest read ms",
      "p99 read ms", "longest own ms", "oldest data s", "reads/s",
    ])
    var plot = LoadPlot(duration: duration)
    for (scenario, result, tally) in rows {
      let measure = result.measure
      table.add([
        scenario.title, Format.grouped(UInt64(result.database.computations.count)), "\(tally.counts.count)",
        Format.decimal(tally.median, tally.median == tally.median.rounded() ? 0 : 1), "\(tally.most)",
        "\(result.database.mostInFlight)", Self.milliseconds(measure.reads.max),
        Self.milliseconds(measure.reads.valueAtPercentile(99)),
        measure.computing.totalCount > 0 ? Self.milliseconds(measure.computing.max) : "-",
        Format.decimal(Double(measure.oldest) / 1e9, 2), Format.grouped(UInt64(result.readsPerSecond)),
      ])
      plot.add(scenario.title, result.database.computations)
    }
    return ([table.text, Self.explanation, plot.text] + statistics + errors).joined(separator: "\n\n")
  }

  private static let explanation = """
    median each, most each: computations per expiry. at once: most computations in flight. read: from sending a \
    get to its whole reply.
    own: from sending a get that missed until the client has computed and stored the value. oldest data: since \
    its computation began.
    """

  /// What the servers say themselves.
  private var statistics: [String] {
    rows.filter { !$0.result.statistics.isEmpty }.map { row in
      let figures = row.result.statistics.map { "\($0.name) \($0.value)" }
      return "stats herd, \(row.scenario.title):\n  " + figures.joined(separator: "\n  ")
    }
  }

  private var errors: [String] {
    rows.filter { $0.result.hasErrors }.map { row in
      let measure = row.result.measure
      return
        "ERRORS, \(row.scenario.title): \(measure.refused) requests refused, \(measure.failed) connections "
        + "failed; first: \(measure.complaint ?? "?")"
    }
  }

  var drawing: String {
    var drawing = LoadDrawing(duration: duration)
    for row in rows { drawing.add(row.scenario.title, row.result.database.computations) }
    return drawing.text
  }

  var json: String {
    var object = JSONObject()
    object.add("clients", UInt64(plan.clients))
    object.add("threads", UInt64(plan.threads))
    object.add("compute_ms", Double(plan.compute) / 1e6)
    object.add("interval_ms", Double(plan.interval) / 1e6)
    object.add("ttl_s", plan.ttl)
    object.add("scenarios", rows.map { Self.json($0.scenario, $0.result, $0.tally) })
    return object.text
  }

  private static func json(
    _ scenario: HerdScenario, _ result: HerdResult, _ tally: ExpiryTally
  ) -> JSONObject {
    let measure = result.measure
    var object = JSONObject()
    object.add("scenario", scenario.name)
    object.add("title", scenario.title)
    object.add("server", scenario.server.rawValue)
    object.add("seconds", Double(result.duration) / 1e9)
    object.add("computations", UInt64(result.database.computations.count))
    object.add("computations_per_expiry", tally.counts.map(UInt64.init))
    object.add("median_per_expiry", tally.median)
    object.add("most_per_expiry", UInt64(tally.most))
    object.add("most_in_flight", UInt64(result.database.mostInFlight))
    object.add("longest_read_ms", Double(measure.reads.max) / 1e6)
    object.add("p99_read_ms", Double(measure.reads.valueAtPercentile(99)) / 1e6)
    object.add("longest_own_ms", Double(measure.computing.max) / 1e6)
    object.add("oldest_data_s", Double(measure.oldest) / 1e9)
    object.add("hits", measure.hits)
    object.add("misses", measure.misses)
    object.add("reads_per_second", result.readsPerSecond)
    object.add("refused", measure.refused)
    object.add("failed", measure.failed)
    if let complaint = measure.complaint { object.add("first_error", complaint) }
    var herd = JSONObject()
    for (name, value) in result.statistics {
      if let number = UInt64(value) { herd.add(name, number) } else { herd.add(name, value) }
    }
    object.add("stats_herd", herd)
    return object
  }
}
