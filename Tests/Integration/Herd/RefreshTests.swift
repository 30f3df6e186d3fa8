import Testing

/// Values that are refreshed before they expire, or served a while longer.
@Suite("early_refresh and serve_stale")
struct RefreshTests {
  @Test func `one get per lease sees a miss, everybody else the value`() throws {
    let daemon = try herdDaemon("early_refresh: {before: 60s, lease: 100s}")
    let readers = try clients(20, of: daemon)
    // A quarter of the life: due in the last two of eight seconds.
    try readers[0].say("set k 0 8 1\nx", "STORED")
    #expect(try readers.allSatisfy { try $0.value(of: "k") == "x" })
    try readers[0].waitForRemaining(1, of: "k")
    let misses = try readers.indices.filter { try readers[$0].value(of: "k") == nil }
    #expect(misses.count == 1)
    try readers[0].say("mg k v", "VA 1 Z\nx")
    try readers[1].say("gets k", "VALUE k 0 1 <n>\nx\nEND")
    // The holder brings the value with an add, which acts as a set for it, and for nobody else.
    let holder = try #require(misses.first)
    try readers[(holder + 1) % 20].say("add k 0 100 1\nz", "NOT_STORED")
    try readers[holder].say("add k 0 100 1\ny", "STORED")
    #expect(try readers.allSatisfy { try $0.value(of: "k") == "y" })
    #expect(try readers[0].statistic("refreshes_in_time", of: "herd") == 1)
  }

  @Test func `a meta client is told to refresh by W and others by Z`() throws {
    let daemon = try herdDaemon("early_refresh: {before: 25%}")
    let (a, b) = (try daemon.connect(), try daemon.connect())
    try a.say("set k 0 8 1\nx", "STORED")
    try a.say("mg k v", "VA 1\nx")
    try a.waitForRemaining(1, of: "k")
    try a.say("mg k v", "VA 1 W\nx")
    try b.say("mg k v", "VA 1 Z\nx")
    // Flags of its own win over the rule.
    try b.say("mg k R30 t", "HD t1 W", or: ["HD t0 W", "EN"])
  }

  @Test func `locks, counters and items without an end are never due`() throws {
    let daemon = try herdDaemon("early_refresh: {before: 60s}")
    let client = try daemon.connect()
    try client.say("add lock 0 4 1\n1", "STORED")
    try client.say("set forever 0 0 1\n1", "STORED")
    try client.say("set n 0 4 1\n1\nincr n 1", "STORED\n2")
    try client.waitForRemaining(1, of: "lock")
    try client.say("get lock", "VALUE lock 0 1\n1\nEND", or: ["END"])
    try client.say("get forever", "VALUE forever 0 1\n1\nEND")
    #expect(try client.statistic("leases_given", of: "herd") == 0)
  }

  @Test func `after its expiry a value is served to all but the one who computes it`() throws {
    let daemon = try herdDaemon("serve_stale: 30s")
    let (a, b, c) = (try daemon.connect(), try daemon.connect(), try daemon.connect())
    try a.say("set k 7 1 3\nold", "STORED")
    try eventually("it expires") { try a.ask("touch k 1") == "NOT_FOUND\r\n" }
    #expect(try a.value(of: "k") == nil)
    try b.say("get k", "VALUE k 7 3\nold\nEND")
    try c.say("gets k", "VALUE k 7 3 <n>\nold\nEND")
    try c.say("mg k v f", "VA 3 f7 Z X\nold")
    // For every other command it is gone.
    try b.say("append k 0 0 1\nx", "NOT_STORED")
    try b.say("replace k 0 0 1\nx", "NOT_STORED")
    try b.say("incr k 1", "NOT_FOUND")
    try b.say("gat 5 k", "END")
    #expect(try a.statistic("stale_served", of: "herd") >= 3)
    try a.say("set k 0 100 3\nnew", "STORED")
    try b.say("get k", "VALUE k 0 3\nnew\nEND")
  }

  @Test func `a deleted value is not served, stale or not`() throws {
    let daemon = try herdDaemon("serve_stale: 30s")
    let (a, b) = (try daemon.connect(), try daemon.connect())
    try a.say("set k 0 1 3\nold", "STORED")
    try eventually("it expires") { try a.ask("touch k 1") == "NOT_FOUND\r\n" }
    try a.say("delete k", "NOT_FOUND")
    #expect(try a.value(of: "k") == nil)
    #expect(try b.value(of: "k") == nil)
  }

  @Test func `a meta client that won stores with the token it was given`() throws {
    let daemon = try herdDaemon("serve_stale: 30s")
    let (a, b) = (try daemon.connect(), try daemon.connect())
    try a.say("set k 0 1 3\nold", "STORED")
    try eventually("it expires") { try a.ask("touch k 1") == "NOT_FOUND\r\n" }
    let reply = try a.ask("mg k v c")
    #expect(reply.hasSuffix(" X W\r\nold\r\n"))
    let token = try #require(reply.split(separator: " ").first { $0.hasPrefix("c") }).dropFirst()
    // Another connection, as behind a proxy.
    try b.say("ms k 3 C\(token) T100\nnew", "HD")
    try a.say("get k", "VALUE k 0 3\nnew\nEND")
  }

  @Test func `large values are served stale too`() throws {
    let daemon = try herdDaemon("serve_stale: 30s")
    let (a, b) = (try daemon.connect(), try daemon.connect())
    let value = String(repeating: "0123456789", count: 50_000)
    try a.say("set k 0 1 \(value.utf8.count)\n\(value)", "STORED")
    try eventually("it expires") { try a.ask("touch k 1") == "NOT_FOUND\r\n" }
    #expect(try a.value(of: "k") == nil)
    #expect(try b.value(of: "k") == value)
  }
}
