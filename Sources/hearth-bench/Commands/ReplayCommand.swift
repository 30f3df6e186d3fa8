import ArgumentParser
import Glibc

/// `hearth-bench replay`: the miss ratios of both servers at equal memory.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Replays traces against memcached and hearthd and compares the misses.",
    discussion: """
      Each request is a get, and a set on a miss. Trace files are .oracleGeneral.bin (libCacheSim) or .lis \
      (ARC paper), plain or compressed with .xz or .zst. Values are scaled so that the memory is the given \
      share of the footprint (all keys and values of the trace).
      Requests go in multigets of up to --batch different keys, each followed by the sets of its misses; a key \
      that comes again ends the batch. So gets keep the order of the trace and sets come at most a batch late.
      Loads with a time to live are paced over --duration, on both servers at the same time.
      """)

  @OptionGroup var servers: ServerOptions
  @Argument(help: "Trace files.") var files: [String] = []
  @Option(help: "A generated load, zipf:EXPONENT; may be given several times.") var synthetic:
    [KeyDistribution] = []
  @Option(help: "Memory of the servers in MiB, separated by commas.") var memory = "64,128,256"
  @Option(help: "Memory in per cent of the footprint, separated by commas.") var footprint = "2,10,30"
  @Flag(help: "Pair the first memory with the first footprint and so on, instead of every combination.")
  var paired = false
  @Option(help: "Times to live for generated loads in seconds: 0, 5,15,60 or uniform:5-60.")
  var ttl = TTLMix.none
  @Option(help: "Requests of a generated load.") var requests = 1_000_000
  @Option(help: "Seconds over which a generated load with times to live is spread.") var duration = 40.0
  @Option(help: "Keys in a multiget at most.") var batch = 64
  @Option(help: "Length of keys.") var keySize = 30
  @Flag(help: "Measure memcached only.") var onlyMemcached = false
  @Flag(help: "Show progress even where standard error is no terminal.") var progress = false

  private var combinations: [(memory: Int, share: Double)] {
    let memories = memory.split(separator: ",").compactMap { Int($0) }
    let shares = footprint.split(separator: ",").compactMap { Double($0) }.map { $0 / 100 }
    if paired { return zip(memories, shares).map { (memory: $0, share: $1) } }
    return memories.flatMap { memory in shares.map { (memory: memory, share: $0) } }
  }

  func validate() throws {
    guard !files.isEmpty || !synthetic.isEmpty else {
      throw ValidationError("name a trace file or a generated load, such as --synthetic zipf:1.0")
    }
    guard !combinations.isEmpty, combinations.allSatisfy({ $0.memory > 0 && $0.share > 0 && $0.share <= 10 })
    else { throw ValidationError("--memory and --footprint must be lists of positive numbers") }
    guard (1...1000).contains(batch), requests > 0, duration > 0, (16...250).contains(keySize) else {
      throw ValidationError("--batch must be 1 to 1000, --requests and --duration positive")
    }
    for load in synthetic {
      guard case .zipf = load else { throw ValidationError("--synthetic takes zipf:EXPONENT") }
    }
  }

  func run() throws {
    var table = ReplayTable()
    let shown = Progress(enabled: Progress.wanted(forced: progress))
    for file in files {
      let trace = try TraceFile.read(file)
      let keyspace = makeKeyspace(.none)
      for (memory, share) in combinations {
        shown.show { "\(trace.name) -m \(memory)" }
        try replay(trace, keyspace, memory, share, countFrom: 0, rate: nil, &table)
      }
    }
    for case .zipf(let exponent) in synthetic {
      let keyspace = makeKeyspace(ttl)
      for (memory, share) in combinations {
        shown.show { "zipf \(exponent) -m \(memory)" }
        var trace = SyntheticTrace.make(
          exponent: exponent, footprint: UInt64(Double(memory << 20) / share), requests: requests)
        if ttl.longest > 0 { trace.name += ", TTL \(ttl.text)" }
        // The first quarter warms the cache.
        try replay(
          trace, keyspace, memory, share, countFrom: requests / 4,
          rate: ttl.longest > 0 ? Double(requests) / duration : nil, &table)
      }
    }
    shown.clear()
    Console.output(
      "Misses at equal memory, \(servers.versions(hearthd: !onlyMemcached)).\n\n\(table.text)\n\n\(table.summary)"
    )
  }

  private func makeKeyspace(_ ttl: TTLMix) -> Keyspace {
    Keyspace(keySize: keySize, valueSize: .fixed(1), ttl: ttl, longestValue: SizeDistribution.largest)
  }

  private func replay(
    _ trace: Trace, _ keyspace: Keyspace, _ memory: Int, _ share: Double, countFrom: Int, rate: Double?,
    _ table: inout ReplayTable
  ) throws {
    let bytes = UInt64(memory) << 20
    let sizes = trace.scaledSizes(memory: bytes, share: share, keySize: keySize)
    let reached = sizes.reduce(0) { $0 + UInt64($1) + UInt64(keySize) }
    let plan = ReplayPlan(
      requests: trace.requests, sizes: sizes, keyspace: keyspace, batch: batch, countFrom: countFrom,
      rate: rate)
    var running: [ServerProcess] = []
    defer { for server in running { server.stop() } }
    running.append(try ServerProcess.start(path: servers.memcached, memory: memory, threads: 1))
    if !onlyMemcached {
      running.append(try ServerProcess.start(path: servers.hearthdPath, memory: memory, threads: 1))
    }
    let results = try ReplayPair.run(plan, running.map(\.endpoint))
    table.add(
      trace.name, memory: memory, share: Double(bytes) / Double(reached), theirs: results[0],
      ours: results.count > 1 ? results[1] : nil)
  }
}
