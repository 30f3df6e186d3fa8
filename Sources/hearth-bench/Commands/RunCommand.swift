import ArgumentParser
import Glibc

/// `hearth-bench run`: one load against one server.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Puts a load on a memcached server and verifies every reply byte.",
    discussion: """
      Each connection sends bursts of --depth requests and starts the next when the last is answered. Keys \
      and values are functions of a key's number, so a run can verify what an earlier run wrote, given the \
      same sizes. Exit status 1 when any reply was wrong, refused or missing.
      """)

  @Option(help: "Address of the server.") var host = "127.0.0.1"
  @Option(help: "Port of the server.") var port: UInt16 = 11211
  @Option(help: "Use this unix socket instead of TCP.") var unix: String?
  @Flag(help: "Use UDP instead of TCP.") var udp = false
  @Option(help: "Connections, or UDP sockets, over all threads.") var connections = 50
  @Option(help: "Threads of the load generator.") var threads = 1
  @Option(help: "Requests in a burst.") var depth = 1
  @Option(help: "Keys in each get.") var multiget = 1
  @Option(help: "Operation.") var op = Operation.get
  @Option(help: ArgumentHelp("Mix writes into it, as SET:GET.", valueName: "set:get")) var ratio: Ratio?
  @Option(help: "Number of different keys.") var keys: UInt64 = 1_000_000
  @Option(help: "Length of keys, 16 to 250.") var keySize = 30
  @Option(help: "Length of values: 100, fixed:100, uniform:50-500 or lognormal:230,1.2.")
  var valueSize = SizeDistribution.fixed(100)
  @Option(help: "Time to live in seconds: 0, 60, 5,10,60 or uniform:5-60.") var ttl = TTLMix.none
  @Option(help: "Which keys: uniform, zipf:EXPONENT or sequential.") var distribution = KeyDistribution
    .uniform
  @Option(help: "Measured seconds (default 5, unless --requests is given).") var seconds: Double?
  @Option(help: "End after this many requests.") var requests: UInt64?
  @Option(help: "Seconds before measuring.") var warmup = 0.0
  @Option(help: "Seed of the random numbers.") var seed: UInt64 = 1
  @Flag(help: "Write every key first.") var prefill = false
  @Flag(help: "Count misses as errors.") var noMisses = false
  @Option(help: "The server's process number, for its CPU time per operation and its memory.") var pid: Int32?
  @Option(help: "Run on this core only.") var pin: Int?
  @Option(help: "Datagrams in flight per UDP socket.") var udpInflight = 8
  @Flag(help: "Print the result as JSON.") var json = false
  @Flag(help: "Show progress even where standard error is no terminal.") var progress = false

  func validate() throws {
    guard (16...250).contains(keySize) else { throw ValidationError("--key-size must be 16 to 250") }
    guard connections > 0, (1...64).contains(threads), threads <= connections else {
      throw ValidationError("--threads must be 1 to 64 and not above --connections")
    }
    guard (1...10_000).contains(depth), (1...10_000).contains(multiget), depth * multiget <= 1_000_000 else {
      throw ValidationError("--depth and --multiget must be 1 to 10000, together at most 1000000 keys")
    }
    guard keys > 0, keys >= UInt64(threads) else {
      throw ValidationError("--keys must not be below --threads")
    }
    guard (1...4096).contains(udpInflight) else { throw ValidationError("--udp-inflight must be 1 to 4096") }
    guard seconds ?? 1 > 0, warmup >= 0 else { throw ValidationError("times must be positive") }
    guard !udp || unix == nil else { throw ValidationError("--udp and --unix exclude each other") }
  }

  func run() throws {
    if let pin { try Affinity.pinSelf(to: pin) }
    let plan = makePlan()
    let keyspace = Keyspace(keySize: keySize, valueSize: valueSize, ttl: ttl, numeric: op.isArithmetic)
    let showProgress = Progress.wanted(forced: progress)
    if prefill {
      let filled = try LoadRun.run(
        plan.prefill(), keyspace, progress: Progress(enabled: showProgress, prefix: "prefill "))
      guard !filled.failed else {
        Console.error("hearth-bench: prefill failed: \(filled.complaint ?? "the server closed a connection")")
        throw ExitCode.failure
      }
    }
    let result = try LoadRun.run(plan, keyspace, progress: Progress(enabled: showProgress))
    let report = RunReport(plan: plan, result: result)
    Console.output(json ? report.json : report.text)
    if result.failed || noMisses && result.counts.misses > 0 { throw ExitCode.failure }
  }

  private func makePlan() -> LoadPlan {
    let endpoint: Endpoint =
      if let unix { .unix(path: unix) } else if udp { .udp(host: host, port: port) } else {
        .tcp(host: host, port: port)
      }
    var plan = LoadPlan(endpoint: endpoint)
    plan.connections = connections
    plan.threads = threads
    plan.depth = depth
    plan.multiget = multiget
    plan.operation = op
    if let ratio {
      plan.writes = ratio.writes
      plan.writesOutOf = ratio.writes + ratio.reads
    }
    plan.keys = keys
    plan.distribution = distribution
    plan.seconds = seconds ?? (requests == nil ? 5 : nil)
    plan.requests = requests
    plan.warmup = warmup
    plan.seed = seed
    plan.datagramsInFlight = udpInflight
    plan.serverPIDs = pid.map { [$0] } ?? []
    return plan
  }
}
