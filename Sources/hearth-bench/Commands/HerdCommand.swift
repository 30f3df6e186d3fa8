import ArgumentParser
import Glibc

/// `hearth-bench herd`: what protection against herds does for a site's database.
struct HerdCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "herd",
    abstract: "Shows what herd protection does for the load of a site's database.",
    discussion: """
      For each scenario a fresh server, and clients that all poll one key. A client that is told that the value is \
      not there computes it, which takes --compute, and stores it with --ttl. Counted are the computations, how \
      many ran at a time, and how long readers waited. The key is set before the clients start.
      """)

  @OptionGroup var servers: ServerOptions
  @Option(help: "Clients, each with a connection.") var clients = 1000
  @Option(help: "Time the database takes for one value: 200ms, 2s.") var compute = TimeLength.milliseconds(
    200)
  @Option(help: "Time to live of the value, in whole seconds, 2 or more.") var ttl = TimeLength.seconds(2)
  @Option(help: "Lives of the value that the run has room for.") var expiries = 10
  @Option(help: "Pause of a client between a hit and its next get, halved to one and a half times by chance.")
  var interval = TimeLength.milliseconds(20)
  @Option(help: "Threads of the clients, and worker threads of each server.") var threads = 2
  @Option(help: "Run this scenario only: none, early_refresh, coalesce, serve_stale or all. May be repeated.")
  var scenario: [String] = []
  @Option(help: "Also draw the load of the database into this SVG file.") var svg: String?
  @Flag(help: "Print the result as JSON.") var json = false
  @Flag(help: "Show progress even where standard error is no terminal.") var progress = false

  func validate() throws {
    guard (1...64).contains(threads), (threads...100_000).contains(clients) else {
      throw ValidationError("--threads must be 1 to 64, --clients 1 to 100000 and not below --threads")
    }
    guard (1...10_000).contains(expiries) else { throw ValidationError("--expiries must be 1 to 10000") }
    guard ttl.nanoseconds % 1_000_000_000 == 0, (2...3600).contains(ttl.nanoseconds / 1_000_000_000) else {
      throw ValidationError("--ttl must be whole seconds, 2s to 1h")
    }
    guard compute.nanoseconds > 0, compute.nanoseconds <= 60_000_000_000 else {
      throw ValidationError("--compute must be 1ms to 60s")
    }
    guard interval.nanoseconds > 0, interval.nanoseconds <= ttl.nanoseconds else {
      throw ValidationError("--interval must be 1ms or more, and not above --ttl")
    }
    do {
      _ = try HerdScenario.named(scenario, clients: clients)
    } catch {
      throw ValidationError("--scenario: \(error)")
    }
  }

  private var plan: HerdPlan {
    HerdPlan(
      endpoint: .unix(path: ""), clients: clients, threads: threads, compute: compute.nanoseconds,
      ttl: ttl.nanoseconds / 1_000_000_000, expiries: expiries, interval: interval.nanoseconds)
  }

  func run() throws {
    var scenarios = try HerdScenario.named(scenario, clients: clients)
    if !ChildProcess.run([servers.memcached, "-V"]) {
      scenarios.removeAll { $0.server == .memcached }
      Console.error("hearth-bench: there is no \(servers.memcached): left out")
    }
    try DescriptorLimit.raise(connections: clients)
    if let svg { try OutputFile.check(svg) }
    var report = HerdReport(plan: plan)
    for scenario in scenarios { report.add(scenario, try measure(scenario)) }
    if let svg { try OutputFile.write(report.drawing, to: svg) }
    if json {
      Console.output(report.json)
    } else {
      let measured = Set(scenarios.map(\.server))
      let versions = servers.versions(
        memcached: measured.contains(.memcached), hearthd: measured.contains(.hearthd))
      Console.output(
        """
        One key, \(Format.grouped(UInt64(clients))) clients, a get every \(interval) each, computing takes \(compute), \
        time to live \(ttl); \(versions).

        \(report.text)
        """)
    }
    if report.hasErrors { throw ExitCode.failure }
  }

  private func measure(_ scenario: HerdScenario) throws -> HerdResult {
    // Beside the herd there is a connection for the first value and one for the statistics.
    let connections = clients + 64
    let server =
      if let configuration = scenario.configuration {
        try ServerProcess.start(
          hearthd: servers.hearthdPath, configuration: configuration, memory: 64, threads: threads,
          connections: connections)
      } else {
        try ServerProcess.start(
          path: scenario.server == .memcached ? servers.memcached : servers.hearthdPath, memory: 64,
          threads: threads, connections: connections)
      }
    defer { server.stop() }
    var plan = plan
    plan.endpoint = server.endpoint
    let shown = Progress(enabled: Progress.wanted(forced: progress), prefix: "\(scenario.title) ")
    var result = try HerdRun.run(plan, progress: shown)
    if scenario.server == .hearthd,
      let reply = try? StatsClient(server.endpoint).command("stats herd", until: "END\r\n")
    {
      result.statistics = StatsClient.lines(reply)
    }
    return result
  }
}
