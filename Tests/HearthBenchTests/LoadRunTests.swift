import Testing

@testable import hearth_bench

/// Loads against a real memcached, where there is one, and against servers that answer wrongly.
@Suite(.serialized) struct LoadRunTests {
  static let hasMemcached = ChildProcess.run(["memcached", "-V"])

  private func small(_ endpoint: Endpoint, _ operation: Operation = .get) -> LoadPlan {
    var plan = LoadPlan(endpoint: endpoint)
    plan.connections = 4
    plan.keys = 500
    plan.requests = 1000
    plan.operation = operation
    return plan
  }

  @Test(.enabled(if: hasMemcached)) func everyReplyOfARealServerVerifies() throws {
    let server = try ServerProcess.start(path: "memcached", memory: 64, threads: 1, udp: true)
    defer { server.stop() }
    let keyspace = Keyspace(keySize: 30, valueSize: .uniform(0...3000))
    let filled = try LoadRun.run(small(server.endpoint).prefill(), keyspace)
    #expect(filled.counts.hits == 500 && !filled.failed)
    for (operation, depth, multiget) in [
      (Operation.get, 1, 1), (.get, 20, 1), (.get, 3, 30), (.gets, 2, 7), (.gat, 2, 1), (.mg, 20, 1),
      (.set, 20, 1), (.ms, 5, 1), (.replace, 5, 1), (.touch, 9, 1), (.mn, 50, 1),
    ] {
      var plan = small(server.endpoint, operation)
      plan.depth = depth
      plan.multiget = multiget
      plan.threads = 2
      plan.serverPIDs = [server.pid]
      let result = try LoadRun.run(plan, keyspace)
      #expect(!result.failed, "\(operation) \(result.complaint ?? "")")
      #expect(result.counts.operations == UInt64(1000 * multiget), "\(operation)")
      #expect(result.counts.misses == 0, "\(operation)")
      #expect(result.latency.totalCount == 1000, "\(operation)")
      #expect(result.serverCPUSeconds != nil)
    }
    var datagrams = small(server.datagramEndpoint)
    datagrams.connections = 1
    let result = try LoadRun.run(datagrams, keyspace)
    #expect(result.counts.hits == 1000 && !result.failed, "\(result.complaint ?? "")")
  }

  @Test(.enabled(if: hasMemcached)) func absentKeysAreMissesAndMixesMix() throws {
    let server = try ServerProcess.start(path: "memcached", memory: 64, threads: 1)
    defer { server.stop() }
    let keyspace = Keyspace(keySize: 16, valueSize: .fixed(10))
    let empty = try LoadRun.run(small(server.endpoint), keyspace)
    #expect(empty.counts.misses == 1000 && !empty.failed)
    var plan = small(server.endpoint)
    plan.writes = 1
    plan.writesOutOf = 2
    let mixed = try LoadRun.run(plan, keyspace)
    #expect(!mixed.failed && mixed.counts.operations == 1000)
    #expect(try StatsClient(server.endpoint).number("cmd_set") > 300)
  }

  /// Values of another seed of sizes are wrong bytes, and the load says so.
  @Test(.enabled(if: hasMemcached)) func otherValuesAreErrors() throws {
    let server = try ServerProcess.start(path: "memcached", memory: 64, threads: 1)
    defer { server.stop() }
    _ = try LoadRun.run(small(server.endpoint).prefill(), Keyspace(keySize: 30, valueSize: .fixed(100)))
    let result = try LoadRun.run(small(server.endpoint), Keyspace(keySize: 30, valueSize: .fixed(99)))
    #expect(result.errors.wrong == 4)
    #expect(result.failed)
    #expect(result.complaint?.hasPrefix("VALUE hearth-bench:") == true)
  }

  @Test func aClosedConnectionIsAnError() throws {
    let server = FakeServer(answer: [], closes: true)
    defer { server.stop() }
    let result = try LoadRun.run(
      small(.unix(path: server.path)), Keyspace(keySize: 30, valueSize: .fixed(1)))
    #expect(result.errors.closed == 4)
    #expect(result.counts.operations == 0)
  }

  @Test func nonsenseIsAnError() throws {
    let server = FakeServer(answer: Array("HELLO THERE\r\n".utf8), closes: false)
    defer { server.stop() }
    let result = try LoadRun.run(
      small(.unix(path: server.path)), Keyspace(keySize: 30, valueSize: .fixed(1)))
    #expect(result.errors.wrong == 4)
    #expect(result.complaint == "HELLO THERE\\r\\n")
  }

  @Test func nobodyListens() {
    let failure = #expect(throws: SystemError.self) {
      try LoadRun.run(small(.unix(path: "/nowhere/socket")), Keyspace(keySize: 30, valueSize: .fixed(1)))
    }
    #expect(failure?.description.contains("/nowhere/socket") == true)
  }

  @Test(.enabled(if: hasMemcached)) func aReplayMissesEachObjectOnce() throws {
    let server = try ServerProcess.start(path: "memcached", memory: 64, threads: 1)
    defer { server.stop() }
    let keyspace = Keyspace(keySize: 30, valueSize: .fixed(1), longestValue: 2000)
    let requests = (0..<3000).map { UInt32(SplitMix64.mix(UInt64($0)) % 100) }
    let sizes = (0..<100).map { UInt32($0 * 20 + 1) }
    let plan = ReplayPlan(
      requests: requests, sizes: sizes, keyspace: keyspace, batch: 64, countFrom: 0, rate: nil)
    let results = try ReplayPair.run(plan, [server.endpoint])
    #expect(results == [ReplayResult(requests: 3000, misses: 100, refused: 0)])
  }

  @Test(.enabled(if: hasMemcached)) func densityOfASmallServer() throws {
    let server = try ServerProcess.start(path: "memcached", memory: 16, threads: 1)
    defer { server.stop() }
    let keyspace = Keyspace(keySize: 30, valueSize: .fixed(4000))
    let density = try Density.measure(
      server.endpoint, server.pid, keyspace, capacity: 16 << 20, itemSize: 4030, Progress(enabled: false))
    #expect((1000...4200).contains(density.items))
  }

  @Test func aServerThatCannotStartIsNamed() {
    let failure = #expect(throws: SystemError.self) {
      _ = try ServerProcess.start(path: "/bin/false", memory: 64, threads: 1)
    }
    #expect(failure?.description.contains("/bin/false") == true)
  }
}
