import CHearth
import Glibc

/// How fast a node loads its copies, and what clients notice of it when that is limited.
struct ResyncMeasure {
  private static let prefix = "copy:"
  private static let connections = 4

  let hearthd: String
  let hearthctl: String
  /// MiB of values, and bytes of each.
  let size: Int
  let valueSize: Int
  let runs: Int
  /// Clients and the node that loads are kept off the core of the one that is copied from.
  let isPinned: Bool
  let shown: Bool

  private var keys: UInt64 { UInt64(size) << 20 / UInt64(valueSize) }

  private func fill(_ pair: ResyncPair) throws(SystemError) {
    var plan = LoadPlan(endpoint: pair.endpoint)
    plan.keys = keys
    let written = try LoadRun.run(
      plan.prefill(), Keyspace(prefix: Self.prefix, valueSize: .fixed(valueSize)))
    if written.failed { throw SystemError("writing: \(written.complaint ?? "closed")") }
  }

  /// As fast as it goes.
  func speed() throws(SystemError) -> FigureReport {
    let progress = Progress(enabled: shown, prefix: "resync ")
    let pair = try ResyncPair(hearthd: hearthd, hearthctl: hearthctl, memory: size * 2, rate: nil)
    try pair.begin()
    try fill(pair)
    var rates: [Double] = []
    for run in 1...runs {
      progress.show { "run \(run) of \(runs)" }
      let start = hearth_monotonic_ns()
      try pair.join()
      while !pair.isCopied { usleep(2000) }
      rates.append(Double(size) * 1.048576 / (Double(hearth_monotonic_ns() - start) / 1e9))
      try pair.lose()
    }
    progress.clear()
    var report = FigureReport()
    report.add(
      Figure(
        what: "a copy of \(size) MiB in values of \(valueSize) bytes", name: "resync",
        value: Statistics.median(rates), unit: "MB/s", places: 0, bound: .atLeast(300)))
    report.remark(
      """
      Resync: from the start of a node to its being counted on, its first use of memory included; \
      \(Format.decimal(rates.min() ?? 0, 0)) to \(Format.decimal(rates.max() ?? 0, 0)) MB/s in \(runs) runs.
      """)
    return report
  }

  /// With a limit, beside clients of the node that is copied from.
  func clients(limit: Int, rate: Int) throws(SystemError) -> FigureReport {
    var idle = Latencies()
    var loading = Latencies()
    let progress = Progress(enabled: shown, prefix: "clients ")
    if isPinned { try Affinity.pinSelf(to: 1) }
    let pair = try ResyncPair(
      hearthd: hearthd, hearthctl: hearthctl, memory: size * 2, rate: limit, isPinned: isPinned)
    try pair.begin()
    try fill(pair)
    let load = PacedLoad(
      endpoint: pair.endpoint, rate: rate, connections: Self.connections, keys: keys, prefix: Self.prefix)
    for run in 1...runs {
      progress.show { "run \(run) of \(runs)" }
      let start = hearth_monotonic_ns()
      try pair.join()
      let during = try load.latencies { while !pair.isCopied { usleep(50_000) } }
      let lasted = hearth_monotonic_ns() - start
      guard lasted >= 2_000_000_000 else {
        throw SystemError("the copying was over too soon; give it more --size")
      }
      loading.add(during)
      // Two nodes that have everything, for as long.
      idle.add(try load.latencies { Pace.wait(until: hearth_monotonic_ns() + lasted) })
      try pair.lose()
    }
    progress.clear()
    var report = FigureReport()
    report.add(
      Figure(
        what: "clients' p99 beside a copying at \(limit) MiB/s, to idle", name: "clients_ratio",
        value: loading.p99 / idle.p99, unit: "times", places: 2, bound: .atMost(1.5)))
    report.remark(
      """
      Clients: \(Self.connections) connections send \(Format.grouped(UInt64(rate))) gets per second to the node that is copied from, \
      and for as long when the copy is there. p99 \(Format.decimal(loading.p99, 0)) us beside the copying and \
      \(Format.decimal(idle.p99, 0)) us after, p50 \(Format.decimal(loading.p50, 0)) and \(Format.decimal(idle.p50, 0)) us: medians \
      of the figures of each second. \(isPinned
        ? "The node that is copied from has a core of its own, the other one and the clients (with a real-time priority) share one."
        : "Both nodes and the clients (with a real-time priority) share the machine.")
      """)
    return report
  }
}
