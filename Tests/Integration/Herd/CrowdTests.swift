import CLibmemcached
import Testing

/// What a site sees: a thousand clients and a value that takes 200 ms to compute.
@Suite("a crowd")
struct CrowdTests {
  /// The load generator's clients know nothing of herd protection; it counts computations per expiry.
  @Test func `a thousand clients, ten expiries, ten computations`() throws {
    let program = try Program([
      Binaries.hearthBench, "herd", "--hearthd", Binaries.hearthd, "--clients", "1000", "--expiries", "10",
      "--interval", "200ms", "--scenario", "early_refresh", "--scenario", "coalesce", "--scenario",
      "serve_stale",
      "--json",
    ])
    #expect(program.status == 0, "\(program.errors)")
    let scenarios = program.output.split(separator: "{\"scenario\":").dropFirst()
    #expect(scenarios.count == 3, "\(program.output)")
    for scenario in scenarios {
      let name = scenario.prefix { $0 != "," }
      let list = scenario.firstRange(of: "\"computations_per_expiry\":[").map {
        scenario[$0.upperBound...].prefix { $0 != "]" }
      }
      let counts = (list ?? "").split(separator: ",").compactMap { Int($0) }
      #expect(counts.count >= 10, "\(name): \(counts)")
      #expect(counts.allSatisfy { $0 == 1 }, "\(name): \(counts)")
      #expect(scenario.contains("\"spilled\":0,"), "\(name): \(scenario)")
      #expect(scenario.contains("\"failed\":0,"), "\(name): \(scenario)")
    }
  }

  @Test func `libmemcached's clients wait and get the value`() throws {
    let daemon = try herdDaemon("coalesce: {wait: 10s, lease: 10s}")
    try Threads.run(9) { thread in
      let watcher = try daemon.connect()
      let client = try Libmemcached([daemon])
      if thread == 0 {
        if try client.get("page") != nil { throw TestFailure("the first get found something") }
        try eventually("eight wait") { try watcher.statistic("readers_waiting", of: "herd") == 8 }
        if client.set("page", "html") != MEMCACHED_SUCCESS { throw TestFailure("the set failed") }
      } else {
        try eventually("the first is told to compute") {
          try watcher.statistic("leases_given", of: "herd") == 1
        }
        let found = try client.get("page")?.text
        if found != "html" { throw TestFailure("a waiting get found \(found ?? "nothing")") }
      }
    }
    let watcher = try daemon.connect()
    #expect(try watcher.statistic("leases_given", of: "herd") == 1)
  }
}
