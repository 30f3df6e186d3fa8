import Testing

@Suite("concurrency: no client ever gets a wrong value")
struct StressTests {
  /// A mix of commands on the same keys from several connections at once.
  struct Mix: Sendable, CustomTestStringConvertible {
    var name: String
    var flags: [String]
    var keys: Int
    /// Sizes are spread evenly over the orders of magnitude in this range.
    var sizes: ClosedRange<Int>
    var keysPerGet = 50
    var threads = 8
    /// Bytes that each thread stores.
    var volume: Int
    var evicts: Bool

    var testDescription: String { name }

    func size(_ random: inout SplitMix64) -> Int {
      let bits = Int.bitWidth - sizes.upperBound.leadingZeroBitCount
      return min(max(sizes.lowerBound, random.below(1 << random.below(bits + 1))), sizes.upperBound)
    }
  }

  static let mixes = [
    Mix(
      name: "small values, room for all", flags: ["-m", "256", "-t", "4"], keys: 300, sizes: 30...2000,
      volume: 4 << 20, evicts: false),
    Mix(
      name: "memory pressure", flags: ["-m", "64", "-t", "4"], keys: 400_000, sizes: 30...8000,
      volume: 16 << 20, evicts: true),
    Mix(
      name: "values up to the item limit", flags: ["-m", "64", "-t", "4"], keys: 2000,
      sizes: 30...(1 << 20) - 200, keysPerGet: 3, threads: 6, volume: 25 << 20, evicts: true),
    Mix(
      name: "one worker", flags: ["-m", "64", "-t", "1"], keys: 30_000, sizes: 30...100_000, keysPerGet: 5,
      volume: 14 << 20,
      evicts: true),
  ]

  @Test(arguments: mixes) func `mixed commands`(_ mix: Mix) throws {
    let daemon = try Daemon(mix.flags)
    try Threads.run(mix.threads) { thread in
      var random = SplitMix64(seed: UInt64(thread) + 1)
      var session = StressSession(try daemon.connect(), mix)
      let volume = mix.volume * (Binaries.isSlow ? 20 : 1)
      while session.stored < volume { try session.round(&random) }
      guard session.found > 0 else { throw TestFailure("found nothing in \(session.stored) bytes") }
    }
    let client = try daemon.connect()
    #expect(daemon.isRunning && daemon.errors.isEmpty, "\(daemon.errors)")
    #expect(try (client.statistic("evictions") > 0) == mix.evicts)
    #expect(try client.statistic("get_hits") > 0)
  }
}

/// One connection of the mix.
private struct StressSession {
  /// What is expected for a request that was sent.
  private enum Expected {
    case line([String])
    case values(String)
  }

  private let mix: StressTests.Mix
  private let pipeline: Pipeline
  private var expected: [Expected] = []
  private(set) var stored = 0
  private(set) var found = 0

  init(_ client: Client, _ mix: StressTests.Mix) {
    self.mix = mix
    pipeline = Pipeline(client)
  }

  /// Sends up to 30 requests at once and judges their replies.
  mutating func round(_ random: inout SplitMix64) throws {
    var bytes = 0
    for _ in 0..<1 + random.below(30) where bytes < 2 << 20 { bytes += request(&random) }
    try pipeline.send()
    for one in expected {
      switch one {
      case .line(let lines): try pipeline.line(lines)
      case .values(let request): try judge(try pipeline.items(), request)
      }
    }
    expected.removeAll(keepingCapacity: true)
    stored += bytes
  }

  private mutating func judge(_ items: [(key: String, value: [UInt8], cas: UInt64)], _ request: String) throws
  {
    // In the order of the request, each key once.
    var wanted = request.split(separator: " ").dropFirst().map(String.init)[...]
    for item in items {
      guard let place = wanted.firstIndex(of: item.key) else {
        throw TestFailure("\(item.key) out of order in the reply to \(request)")
      }
      wanted = wanted[(place + 1)...]
      if let fault = Evidence.fault(item.value, of: item.key) { throw TestFailure(fault) }
    }
    found += items.count
  }

  /// Adds a request; the bytes that it stores.
  private mutating func request(_ random: inout SplitMix64) -> Int {
    let key = "stress:\(random.below(mix.keys))"
    switch random.below(20) {
    case 0..<6: return store("set", key, ["STORED"], &random)
    case 6: return store("add", key, ["STORED", "NOT_STORED"], &random)
    case 7: return store("replace", key, ["STORED", "NOT_STORED"], &random)
    case 8:
      let value = Evidence.value(key, size: mix.size(&random), seed: random.next())
      pipeline.add("set \(key) 0 0 \(value.count) noreply", data: value)
      return value.count
    case 9: add("delete \(key)", ["DELETED", "NOT_FOUND"])
    case 10: add("touch \(key) 100", ["TOUCHED", "NOT_FOUND"])
    case 11:
      add("incr \(key) 1", ["NOT_FOUND", "CLIENT_ERROR cannot increment or decrement non-numeric value"])
    case 12..<16: get("get \(key)")
    default:
      let keys = (0..<1 + random.below(mix.keysPerGet)).map { _ in "stress:\(random.below(mix.keys))" }
      get("get " + keys.joined(separator: " "))
    }
    return 0
  }

  private mutating func store(
    _ command: String, _ key: String, _ replies: [String], _ random: inout SplitMix64
  ) -> Int {
    let value = Evidence.value(key, size: mix.size(&random), seed: random.next())
    pipeline.add("\(command) \(key) 0 0 \(value.count)", data: value)
    expected.append(.line(replies))
    return value.count
  }

  private mutating func add(_ line: String, _ replies: [String]) {
    pipeline.add(line)
    expected.append(.line(replies))
  }

  private mutating func get(_ line: String) {
    pipeline.add(line)
    expected.append(.values(line))
  }
}
