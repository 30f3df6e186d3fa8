import Testing

@testable import hearth_bench

/// The herd against a real memcached, where there is one, and against servers that answer wrongly.
@Suite(.serialized) struct HerdRunTests {
  private func plan(_ endpoint: Endpoint) -> HerdPlan {
    HerdPlan(
      endpoint: endpoint, clients: 40, threads: 2, compute: 100_000_000, ttl: 2, expiries: 1,
      interval: 10_000_000)
  }

  @Test(.enabled(if: LoadRunTests.hasMemcached)) func withoutProtectionEveryClientComputes() throws {
    let server = try ServerProcess.start(path: "memcached", memory: 64, threads: 1)
    defer { server.stop() }
    let result = try HerdRun.run(plan(server.endpoint))
    #expect(!result.hasErrors, "\(result.measure.complaint ?? "")")
    let tally = ExpiryTally(result.database.computations, margin: 500_000_000)
    // A client that asked just before the end may find the value of another.
    #expect(tally.counts.count >= 1 && tally.counts.allSatisfy { (20...40).contains($0) }, "\(tally.counts)")
    #expect(result.measure.misses == UInt64(result.database.computations.count))
    #expect(result.database.mostInFlight >= 20)
    #expect(result.measure.hits > 1000)
    #expect(result.measure.computing.max >= 100_000_000)
    #expect(result.measure.oldest > 500_000_000 && result.measure.oldest < 4_000_000_000)
    #expect(result.database.computations.allSatisfy { $0.start < result.duration })
  }

  @Test func aServerThatStoresNothingIsAnError() {
    let server = FakeServer(answer: Array("SERVER_ERROR out of memory\r\n".utf8), closes: false)
    defer { server.stop() }
    let failure = #expect(throws: SystemError.self) { try HerdRun.warm(plan(.unix(path: server.path))) }
    #expect(failure?.description.hasSuffix(": SERVER_ERROR out of memory") == true)
  }

  @Test func nobodyListens() {
    let failure = #expect(throws: SystemError.self) { try HerdRun.run(plan(.unix(path: "/nowhere/socket"))) }
    #expect(failure?.description.contains("/nowhere/socket") == true)
  }

  @Test func aConfigurationFileIsGoneAfterwards() throws {
    var path = ""
    do {
      let file = try ConfigurationFile.write("pools: []\n")
      path = file.path
      #expect(try TextFile.read(path) == "pools: []\n")
    }
    #expect(throws: SystemError.self) { try TextFile.read(path) }
  }

  @Test func aRefusedConfigurationIsToldInOneLine() throws {
    let file = try ConfigurationFile.write("pools: []\n")
    let failure = #expect(throws: SystemError.self) { try file.check(with: "/bin/false") }
    #expect(failure?.description == "/bin/false refuses the configuration: it says nothing")
  }
}
