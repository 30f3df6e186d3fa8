/// The result of `run`, as text or as JSON.
struct RunReport {
  let plan: LoadPlan
  let result: LoadResult

  private static let percentiles = [("p50", 50.0), ("p90", 90), ("p99", 99), ("p99.9", 99.9)]

  var text: String {
    let counts = result.counts
    var lines = [
      "\(plan.operation) on \(plan.endpoint), \(plan.connections) connections, depth \(plan.depth)"
        + (plan.multiget > 1 ? ", \(plan.multiget) keys a read" : ""),
      "rate      \(Format.grouped(UInt64(result.rate)))/s"
        + " (\(Format.grouped(counts.operations)) in \(Format.decimal(result.seconds, 2)) s)",
    ]
    let latency =
      Self.percentiles.map { name, percentile in
        "\(name) \(Format.microseconds(result.latency.valueAtPercentile(percentile)))"
      } + ["max \(Format.microseconds(result.latency.max))"]
    lines.append("latency   \(latency.joined(separator: "  ")) us")
    lines.append("replies   \(Format.grouped(counts.hits)) hits, \(Format.grouped(counts.misses)) misses")
    if let microseconds = result.serverMicroseconds, let cpu = result.serverCPUSeconds {
      let cores = Format.decimal(result.seconds > 0 ? cpu / result.seconds : 0, 2)
      lines.append("server    \(Format.decimal(microseconds, 3)) us of CPU an operation, \(cores) cores busy")
    }
    if let resident = result.serverResidentBytes {
      lines.append("resident  \(Format.mebibytes(resident)) MiB")
    }
    if result.failed {
      let e = result.errors
      lines.append(
        "ERRORS    \(e.refused) refused, \(e.wrong) wrong, \(e.closed) closed, \(e.unanswered) unanswered")
      if let complaint = result.complaint { lines.append("first     \(complaint)") }
    } else {
      lines.append("errors    none")
    }
    return lines.joined(separator: "\n")
  }

  var json: String {
    var object = JSONObject()
    object.add("operation", "\(plan.operation)")
    object.add("endpoint", "\(plan.endpoint)")
    object.add("connections", UInt64(plan.connections))
    object.add("depth", UInt64(plan.depth))
    object.add("multiget", UInt64(plan.multiget))
    object.add("seconds", result.seconds)
    object.add("operations", result.counts.operations)
    object.add("rate", result.rate)
    object.add("hits", result.counts.hits)
    object.add("misses", result.counts.misses)
    var latency = JSONObject()
    for (name, percentile) in Self.percentiles {
      latency.add(name, Double(result.latency.valueAtPercentile(percentile)) / 1000)
    }
    latency.add("max", Double(result.latency.max) / 1000)
    object.add("latency_us", latency)
    if let microseconds = result.serverMicroseconds { object.add("server_us", microseconds) }
    if let resident = result.serverResidentBytes { object.add("resident_bytes", resident) }
    var errors = JSONObject()
    errors.add("refused", result.errors.refused)
    errors.add("wrong", result.errors.wrong)
    errors.add("closed", result.errors.closed)
    errors.add("unanswered", result.errors.unanswered)
    if let complaint = result.complaint { errors.add("first", complaint) }
    object.add("errors", errors)
    return object.text
  }
}
