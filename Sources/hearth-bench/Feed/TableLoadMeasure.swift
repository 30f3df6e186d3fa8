import CHearth

/// How fast a large table is loaded, and what hearthd needs for that beside its pools.
enum TableLoadMeasure {
  static func measure(
    _ database: FeedDatabase, hearthd: String, rows: Int, shown: Bool
  ) throws(SystemError) -> FigureReport {
    let fed = try FedServer(hearthd, database, rows: rows, loadRate: 0)
    var others: UInt64 = 0
    var pools: UInt64 = 0
    var nextLook: UInt64 = 0
    func look() throws(SystemError) {
      let now = hearth_monotonic_ns()
      if now < nextLook { return }
      let maps = try MemoryMaps(pid: fed.server.pid)
      others = max(others, maps.others)
      pools = max(pools, maps.pools)
      // Looking stops the server for a moment.
      nextLook = hearth_monotonic_ns() + 200_000_000
    }
    try fed.awaitLoad(Progress(enabled: shown, prefix: "load ")) { () throws(SystemError) in try look() }
    let seconds = Double(hearth_monotonic_ns() - fed.start) / 1e9
    nextLook = 0
    try look()
    let read = Int(try fed.field("rows_read")) ?? 0
    guard read == rows else { throw SystemError("hearthd read \(read) rows instead of \(rows)") }
    let cpu = try ProcessStatistics(pid: fed.server.pid).cpuSeconds
    var report = FigureReport()
    report.add(
      Figure(
        what: "load of \(Format.grouped(UInt64(rows))) rows", name: "load", value: Double(rows) / seconds,
        unit: "rows/s", places: 0, bound: .atLeast(200_000)))
    report.add(
      Figure(
        what: "hearthd's memory beyond its pools", name: "load_memory", value: Double(others) / 1_048_576,
        unit: "MiB", places: 1, bound: .atMost(64)))
    let time = Format.decimal(seconds, 1)
    let used = Format.decimal(cpu, 1)
    report.remark(
      """
      Load: \(time) s from the daemon's start on, without load_rows_per_second; hearthd used \(used) s of CPU time. Memory beyond \
      the pools: the highest sum of resident pages outside of the pools' reservation, read from smaps five times a second; the \
      pools had \(Format.mebibytes(pools)) MiB.
      """)
    return report
  }
}
