import CHearth
import Glibc

/// How long bumping a large group takes, and what the readers notice of it.
struct BumpLatency {
  let items: UInt64
  /// Nanoseconds of each bump, in order. The first makes all the items void.
  let bumps: [UInt64]
  /// Gets without bumps, and while they ran.
  let quiet: LoadResult
  let bumped: LoadResult

  static let group = "big"

  /// - Parameters:
  ///   - bumps: how many, 1 or more.
  ///   - interval: nanoseconds between them.
  ///   - load: get load on the group's keys; endpoint, keys and process are filled in.
  static func measure(
    _ server: ServerProcess, items: UInt64, bumps: Int, interval: UInt64, load: LoadPlan, _ shown: Bool
  ) throws(SystemError) -> BumpLatency {
    let keyspace = Keyspace(prefix: "\(group):", valueSize: .fixed(8))
    var plan = load
    plan.endpoint = server.endpoint
    plan.serverPIDs = [server.pid]
    plan.keys = items
    try GenerationLoad.write(plan, keyspace, "the items of \(group)", shown)
    let client = try StatsClient(server.endpoint)
    let held = try client.number("curr_items")
    guard held == items else {
      throw SystemError("the server holds \(held) of \(items) items; give it more with --memory")
    }
    let probe = "get \(group):0000000000000000"
    guard try client.command(probe, until: "END\r\n") != "END\r\n" else {
      throw SystemError("\(group):0000000000000000 is not there before the first bump")
    }
    let quiet = try LoadRun.run(plan, keyspace, progress: Progress(enabled: shown, prefix: "gets "))
    let bumper = Bumper(server.endpoint, count: bumps, interval: interval, probe: probe)
    plan.seconds = Double(UInt64(bumps) * interval + Bumper.lead) / 1e9
    let thread = try BackgroundThread { bumper.run() }
    let bumped: LoadResult
    do throws(SystemError) {
      bumped = try LoadRun.run(plan, keyspace, progress: Progress(enabled: shown, prefix: "gets and bumps "))
    } catch {
      thread.join()
      throw error
    }
    thread.join()
    if let failure = bumper.failure { throw failure }
    for result in [quiet, bumped] where result.failed {
      throw SystemError("a get was not answered as it should be: \(result.complaint ?? "closed")")
    }
    return BumpLatency(items: items, bumps: bumper.latencies, quiet: quiet, bumped: bumped)
  }

  var text: String {
    let sorted = bumps.sorted()
    var table = MarkdownTable(["microseconds", "p50", "p99", "max", "count"])
    table.add([
      "bump", Format.microseconds(sorted[sorted.count / 2]),
      Format.microseconds(sorted[(sorted.count * 99 - 1) / 100]),
      Format.microseconds(sorted[sorted.count - 1]),
      Format.grouped(UInt64(bumps.count)),
    ])
    for (name, result) in [("get, no bumps", quiet), ("get, with bumps", bumped)] {
      table.add([
        name, Format.microseconds(result.latency.valueAtPercentile(50)),
        Format.microseconds(result.latency.valueAtPercentile(99)), Format.microseconds(result.latency.max),
        Format.grouped(result.latency.totalCount),
      ])
    }
    return """
      Bumping a group of \(Format.grouped(items)) items under a load of gets, \
      \(Format.decimal(bumped.seconds, 1)) s; the first bump, which made all of them void, took \
      \(Format.microseconds(bumps[0])) us.

      \(table.text)
      """
  }
}
