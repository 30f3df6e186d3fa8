import Testing

@Suite("pools")
struct PoolTests {
  private func start(_ pools: String, memory: String = "128m") throws -> Daemon {
    let folder = try TemporaryFolder()
    let text = "listeners:\n  - tcp: 127.0.0.1:0\nmemory: \(memory)\npools:\n\(pools)"
    return try Daemon(["--config", try folder.write("pools.yaml", text)], at: .asConfigured, folder: folder)
  }

  @Test func `a key belongs to the pool with the longest matching prefix`() throws {
    let daemon = try start(
      """
        - {name: user, prefix: "user:", memory: 16m}
        - {name: admin, prefix: "user:admin:", memory: 16m}

      """)
    let client = try daemon.connect()
    for key in ["user:1", "user:2", "user:admin:1", "use", "user", "other"] {
      try client.say("set \(key) 0 0 1\nx", "STORED")
    }
    #expect(try client.statistic("user:curr_items", of: "pools") == 2)
    #expect(try client.statistic("admin:curr_items", of: "pools") == 1)
    #expect(try client.statistic("default:curr_items", of: "pools") == 3)
    #expect(try client.statistic("curr_items") == 6)
    try client.say(
      "get user:1 user:admin:1 other",
      "VALUE user:1 0 1\nx\nVALUE user:admin:1 0 1\nx\nVALUE other 0 1\nx\nEND")
  }

  @Test func `a full deterministic pool refuses and keeps everything`() throws {
    let daemon = try start("  - {name: all, prefix: \"p:\", kind: deterministic, memory: 8m}\n")
    let client = try daemon.connect()
    let value = String(repeating: "v", count: 1000)
    var stored = 0
    var refused = 0
    while refused < 10, stored < 20_000 {
      let reply = try client.ask("set p:\(stored) 0 0 1000\n\(value)")
      if reply == "STORED\r\n" {
        stored += 1
      } else {
        #expect(reply == "SERVER_ERROR out of memory storing object\r\n")
        refused += 1
      }
    }
    #expect(refused == 10)
    // The engine keeps 15 % free for the copier.
    #expect(stored > 5000)
    for i in 0..<stored where try client.ask("mg p:\(i)") != "HD\r\n" {
      Issue.record("p:\(i) is lost")
      break
    }
    // An overwrite of the same size always succeeds, again and again.
    for i in 0..<stored { try client.say("set p:\(i) 0 0 1000\n\(value)", "STORED") }
    #expect(try client.statistic("all:evictions", of: "pools") == 0)
    // The other pool is not concerned.
    try client.say("set other 0 0 1\nx", "STORED")
    for i in 0..<stored / 2 { try client.say("delete p:\(i)", "DELETED") }
    for i in 0..<stored / 4 { try client.say("set p:new\(i) 0 0 1000\n\(value)", "STORED") }
  }

  @Test func `-M makes the default pool deterministic`() throws {
    let client = try Daemon(["-m", "16", "-M"]).connect()
    let value = String(repeating: "v", count: 1000)
    var stored = 0
    while stored < 20_000, try client.ask("set k\(stored) 0 0 1000\n\(value)") == "STORED\r\n" { stored += 1 }
    #expect(stored > 5000 && stored < 17_000)
    try client.say("set more 0 0 1000\n\(value)", "SERVER_ERROR out of memory storing object")
    try client.say("ms more 1000\n\(value)", "SERVER_ERROR out of memory storing object")
    try client.say("mg k0", "HD")
    #expect(try client.statistic("evictions") == 0)
    #expect(try client.statistic("store_no_memory") >= 2)
  }

  @Test func `a pool may own a port`() throws {
    let port = try SocketAddress.freePort()
    let daemon = try start("  - {name: own, prefix: \"own:\", port: \(port), memory: 16m}\n")
    let shared = try Client(
      port: try #require(daemon.listeners.first { $0.port != port }).port, owner: daemon)
    let own = try Client(port: port, owner: daemon)
    try own.say("set a 0 0 1\nx", "STORED")
    try shared.say("get a", "END")
    try shared.say("set own:b 0 0 1\ny", "STORED")
    try own.say("get a own:b", "VALUE a 0 1\nx\nVALUE own:b 0 1\ny\nEND")
    #expect(try shared.statistic("own:curr_items", of: "pools") == 2)
  }

  @Test func `TTL rules apply to writes`() throws {
    let daemon = try start(
      "  - {name: short, prefix: \"s:\", memory: 16m, ttl_default: 100, ttl_maximum: 1000}\n")
    let client = try daemon.connect()
    try client.say("set s:a 0 0 1\nx", "STORED")
    try client.say("mg s:a t", "HD t100", orLessThan: 100)
    try client.say("set s:a 0 5000 1\nx", "STORED")
    try client.say("mg s:a t", "HD t1000", orLessThan: 1000)
    try client.say("set s:a 0 50 1\nx", "STORED")
    try client.say("mg s:a t", "HD t50", orLessThan: 50)
    try client.say("touch s:a 9000", "TOUCHED")
    try client.say("mg s:a t", "HD t1000", orLessThan: 1000)
    try client.say("ms s:b 1 T0\nx", "HD")
    try client.say("mg s:b t", "HD t100", orLessThan: 100)
    try client.say("set other 0 0 1\nx", "STORED")
    try client.say("mg other t", "HD t-1")
  }

  @Test func `a pool's item limit is its own`() throws {
    let daemon = try start("  - {name: small, prefix: \"s:\", memory: 16m, item_size_limit: 2k}\n")
    let client = try daemon.connect()
    let value = String(repeating: "v", count: 3000)
    try client.say("set s:a 0 0 3000\n\(value)", "SERVER_ERROR object too large for cache")
    try client.say("set a 0 0 3000\n\(value)", "STORED")
  }

  @Test func `flush_all empties every pool`() throws {
    let daemon = try start("  - {name: user, prefix: \"user:\", memory: 16m}\n")
    let client = try daemon.connect()
    try client.say("set user:a 0 0 1\nx\nset b 0 0 1\nx\nflush_all\nget user:a b", "STORED\nSTORED\nOK\nEND")
  }

  @Test func `a pool's memory changes online`() throws {
    let folder = try TemporaryFolder()
    func text(_ size: String) -> String {
      "listeners:\n  - tcp: 127.0.0.1:0\nmemory: 128m\npools:\n  - {name: user, prefix: \"user:\", memory: \(size)}\n"
    }
    let file = try folder.write("pools.yaml", text("64m"))
    let daemon = try Daemon(["--config", file], at: .asConfigured, folder: folder)
    let client = try daemon.connect()
    #expect(try client.statistic("user:limit_maxbytes", of: "pools") == 64 << 20)
    try folder.write("pools.yaml", text("16m"))
    daemon.process.signal(1)
    try eventually("the pool is smaller") {
      try client.statistic("user:limit_maxbytes", of: "pools") == 16 << 20
    }
  }
}
