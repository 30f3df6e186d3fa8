import ArgumentParser
import CHearth
import Glibc

/// `hearth-bench compare`: CPU time per operation of memcached, memcached -R 1000 and hearthd.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compares the CPU time per operation of hearthd with memcached's.",
    discussion: """
      Starts the servers on free loopback ports, fills each with the same keys, waits until memcached has \
      finished growing its hash table, then runs every case on each server in turn and prints medians. With \
      one thread the server has core 0 and the load core 1. Every reply is verified.
      """)

  @OptionGroup var servers: ServerOptions
  @Option(help: "Worker threads of the servers, 1 or more.") var threads = 1
  @Option(help: "Threads of the load (default: as the servers).") var loadThreads: Int?
  @Option(help: "Number of different keys.") var keys: UInt64 = 1_000_000
  @Option(help: "Length of keys.") var keySize = 30
  @Option(help: "Length of values.") var valueSize = 100
  @Option(help: "Memory of the servers in MiB (default 1024, or what the keys need).") var memory: Int?
  @Option(help: "Runs of each case on each server.") var runs = 5
  @Option(help: "Seconds of each run.") var seconds = 3.0
  @Option(help: "Cases, separated by commas (default: all).") var cases: String?
  @Flag(help: "Leave out the column for memcached -R 1000.") var noTuned = false
  @Flag(help: "Let the servers and the load use all cores.") var noPin = false
  @Flag(help: "Show progress even where standard error is no terminal.") var progress = false

  func validate() throws {
    guard (1...64).contains(threads), (1...64).contains(loadThreads ?? 1), runs > 0, seconds > 0, keys > 0
    else { throw ValidationError("--threads, --load-threads, --runs, --seconds and --keys must be positive") }
    guard (16...250).contains(keySize), (1...SizeDistribution.largest).contains(valueSize) else {
      throw ValidationError("--key-size must be 16 to 250, --value-size 1 to \(SizeDistribution.largest)")
    }
  }

  /// All keys must stay: memcached's overhead is below 100 bytes an item.
  private var memoryNeeded: Int {
    memory ?? max(1024, Int(keys) * (keySize + valueSize + 100) / 1_048_576 * 5 / 4)
  }

  func run() throws {
    let chosen =
      try cases.map { try CompareCase.named($0.split(separator: ",").map(String.init)) }
      ?? CompareCase.all
    let pinned = threads == 1 && !noPin && sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1
    if pinned { try Affinity.pinSelf(to: 1) }
    let keyspace = Keyspace(keySize: keySize, valueSize: .fixed(valueSize))
    let shown = Progress.wanted(forced: progress)

    let pin = pinned ? 0 : nil
    let plain = try start(servers.memcached, pin, [])
    defer { plain.stop() }
    let tuned = try start(servers.memcached, pin, ["-R", "1000"])
    defer { tuned.stop() }
    let ours = try start(servers.hearthdPath, pin, [])
    defer { ours.stop() }
    let candidates = [
      Candidate("memcached", plain), Candidate("memcached -R 1000", tuned), Candidate("hearthd", ours),
    ].filter { !(noTuned && $0.name.hasSuffix("1000")) }
    for candidate in candidates { try fill(candidate, keyspace, shown) }

    var table = CompareTable(tuned: !noTuned)
    var failed = false
    for item in chosen {
      var samples: [String: [Double]] = [:]
      for run in 1...runs {
        for candidate in candidates {
          let prefix = "\(item.name) \(run)/\(runs) \(candidate.name) "
          let result = try LoadRun.run(
            plan(item, candidate, UInt64(run)), keyspace, progress: Progress(enabled: shown, prefix: prefix))
          if result.failed || result.counts.misses > 0 {
            failed = true
            Console.error(
              "hearth-bench: \(prefix): \(result.counts.misses) misses, \(result.errors.errors) errors "
                + (result.complaint ?? ""))
          }
          if let microseconds = result.serverMicroseconds {
            samples[candidate.name, default: []].append(microseconds)
          }
        }
      }
      table.add(item, samples.mapValues { Statistics.median($0) })
    }
    Console.output(
      """
      CPU microseconds per operation (user + system), medians of \(runs) alternating runs of \
      \(Format.decimal(seconds, 1)) s; \(servers.versions()); \(threads) server thread\(threads > 1 ? "s" : ""), \
      \(Format.grouped(keys)) keys of \(keySize) bytes, values of \(valueSize), -m \(memoryNeeded).

      \(table.text)
      """)
    if failed { throw ExitCode.failure }
  }

  /// A running server as the runs need it.
  private struct Candidate {
    let name: String
    let pid: pid_t
    let stream: Endpoint
    let datagram: Endpoint

    init(_ name: String, _ server: ServerProcess) {
      self.name = name
      pid = server.pid
      stream = server.endpoint
      datagram = server.datagramEndpoint
    }
  }

  private func start(_ path: String, _ pin: Int?, _ extra: [String]) throws(SystemError) -> ServerProcess {
    try ServerProcess.start(
      path: path, memory: memoryNeeded, threads: threads, pin: pin, udp: true, extra: extra)
  }

  private func plan(_ item: CompareCase, _ candidate: Candidate, _ seed: UInt64) -> LoadPlan {
    var plan = LoadPlan(endpoint: item.isDatagram ? candidate.datagram : candidate.stream)
    plan.keys = keys
    plan.threads = loadThreads ?? threads
    plan.seconds = seconds
    plan.warmup = 0.3
    plan.seed = seed
    plan.serverPIDs = [candidate.pid]
    item.adjust(&plan)
    plan.threads = min(plan.threads, plan.connections)
    return plan
  }

  private func fill(_ candidate: Candidate, _ keyspace: Keyspace, _ shown: Bool) throws {
    var plan = LoadPlan(endpoint: candidate.stream)
    plan.keys = keys
    let progress = Progress(enabled: shown, prefix: "fill \(candidate.name) ")
    let result = try LoadRun.run(plan.prefill(), keyspace, progress: progress)
    if result.failed {
      throw SystemError("\(candidate.name) refused keys while filling: \(result.complaint ?? "closed")")
    }
    // memcached moves its hash table in the background after it has grown, and starts a little late.
    let client = try StatsClient(candidate.stream)
    for _ in 0..<600 {
      usleep(100_000)
      guard try client.stats()["hash_is_expanding"] == "1" else { return }
    }
    throw SystemError("\(candidate.name) does not finish its hash expansion within a minute")
  }
}
