import ArgumentParser
import Glibc

/// `hearth-bench bump`: what making a group of keys void costs.
struct BumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bump",
    abstract: "Measures generations: the time of a bump, and what bumped groups cost the gets.",
    discussion: """
      Starts hearthd with generations on the default pool. First it writes --items keys of one group, bumps the \
      group over and over under a load of gets, and shows how long each bump took. Then it compares the CPU time \
      of gets that hit between a server without bumped groups and one where the group of every item was bumped \
      before the item was written. With more than one core the server has core 0 and the load core 1.
      """)

  @Option(help: "The hearthd to measure (default: the one beside this program).") var hearthd: String?
  @Option(help: "Items of the group that is bumped.") var items: UInt64 = 10_000_000
  @Option(help: "How often it is bumped.") var bumps = 100
  @Option(help: "Pause between two bumps.") var interval = TimeLength.milliseconds(50)
  @Option(help: "Groups that are bumped for the comparison, with an item each.") var groups: UInt64 = 100_000
  @Option(help: "Memory of the servers in MiB (default: what the items need).") var memory: Int?
  @Option(help: "Runs of each comparison on each server.") var runs = 5
  @Option(help: "Seconds of each run.") var seconds = 3.0
  @Flag(help: "Measure the time of bumps only.") var onlyLatency = false
  @Flag(help: "Measure the cost of gets only.") var onlyCost = false
  @Flag(help: "Let the servers and the load use all cores.") var noPin = false
  @Flag(help: "Show progress even where standard error is no terminal.") var progress = false

  func validate() throws {
    guard (1...1_000_000_000).contains(items), (1...10_000_000).contains(groups) else {
      throw ValidationError("--items must be 1 to 1000000000, --groups 1 to 10000000")
    }
    guard (1...1_000_000).contains(bumps), (1...1000).contains(runs), seconds > 0, seconds <= 3600 else {
      throw ValidationError(
        "--bumps must be 1 to 1000000, --runs 1 to 1000, --seconds above 0 and at most 3600")
    }
    guard (1_000_000...10_000_000_000).contains(interval.nanoseconds) else {
      throw ValidationError("--interval must be 1ms to 10s")
    }
    guard (64...1_048_576).contains(memory ?? 64) else {
      throw ValidationError("--memory must be 64 to 1048576")
    }
    guard !onlyLatency || !onlyCost else {
      throw ValidationError("--only-latency and --only-cost exclude each other")
    }
  }

  func run() throws {
    let pinned = !noPin && sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1
    if pinned { try Affinity.pinSelf(to: 1) }
    let pin = pinned ? 0 : nil
    let shown = Progress.wanted(forced: progress)
    var load = LoadPlan(endpoint: .unix(path: ""))
    load.seconds = seconds
    load.warmup = 0.3
    var parts: [String] = []
    if !onlyCost {
      // A key of 20 bytes, a value of 8, header and index.
      let server = try start(memory ?? max(64, Int(items) * 96 / 1_048_576 + 64), pin)
      defer { server.stop() }
      let latency = try BumpLatency.measure(
        server, items: items, bumps: bumps, interval: interval.nanoseconds, load: load, shown)
      parts.append(latency.text)
    }
    if !onlyLatency {
      // Twice, because the items are written anew.
      let needed = memory ?? max(64, Int(groups) * 2 * 256 / 1_048_576 + 64)
      let untouched = try start(needed, pin)
      defer { untouched.stop() }
      let bumped = try start(needed, pin)
      defer { bumped.stop() }
      var cost = BumpCost(groups: groups)
      try cost.measure(untouched: untouched, bumped: bumped, load: load, runs: runs, shown)
      parts.append(cost.text)
    }
    Console.output(parts.joined(separator: "\n\n"))
  }

  private func start(_ memory: Int, _ pin: Int?) throws(SystemError) -> ServerProcess {
    try ServerProcess.start(
      hearthd: hearthd ?? ServerOptions.sibling("hearthd"), configuration: GenerationLoad.configuration,
      memory: memory, threads: 1, pin: pin)
  }
}
