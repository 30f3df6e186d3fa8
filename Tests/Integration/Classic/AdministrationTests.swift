import Testing

@Suite("version, verbosity, shutdown, cache_memlimit and the slab commands")
struct AdministrationTests {
  @Test func `version is three numbers`() throws {
    let client = try Daemon().connect()
    let words = try client.ask("version").replacing("\r\n", with: "").split(separator: " ")
    #expect(words.first == "VERSION")
    let numbers = words.last?.split(separator: ".").map { Int($0) } ?? []
    #expect(words.count == 2 && numbers.count == 3 && !numbers.contains(nil), "\(words)")
    #expect(try client.ask("version surplus").hasPrefix("VERSION "))
  }

  @Test func `verbosity answers OK`() throws {
    let client = try Daemon().connect()
    try client.say("verbosity 1", "OK")
    try client.say("verbosity 1 2", "OK")
    try client.say("verbosity 0", "OK")
  }

  @Test func `shutdown has to be enabled`() throws {
    let daemon = try Daemon()
    try daemon.connect().say("shutdown", "SERVER_ERROR: shutdown not enabled")
    #expect(daemon.isRunning)
  }

  @Test(arguments: ["shutdown", "shutdown graceful"])
  func `shutdown with -A ends the daemon with status 0`(line: String) throws {
    let daemon = try Daemon(["-A"])
    let client = try daemon.connect()
    try client.say("shutdown whatever", "CLIENT_ERROR invalid shutdown mode")
    try client.send(line + "\r\n")
    #expect(try client.readToEnd() == [])
    #expect(try daemon.process.wait() == .exit(0))
  }

  @Test func `cache_memlimit changes the limit`() throws {
    let client = try Daemon(["-m", "64"]).connect()
    try client.say("cache_memlimit 128", "OK")
    #expect(try client.statistic("limit_maxbytes") == 128 << 20)
    try client.say("cache_memlimit 32", "OK")
    #expect(try client.statistic("limit_maxbytes") == 32 << 20)
    #expect(try client.ask("cache_memlimit 7").hasPrefix("MEMLIMIT_TOO_SMALL"))
    #expect(try client.ask("cache_memlimit x").contains("ERROR"))
    try client.say("cache_memlimit 64 noreply", "")
  }

  @Test func `a limit that shrinks evicts, one that grows takes more`() throws {
    let daemon = try Daemon(["-m", "64"])
    let client = try daemon.connect()
    let value = String(repeating: "v", count: 1000)
    func fill(_ count: Int, _ name: String) throws {
      for base in stride(from: 0, to: count, by: 1000) {
        let request = (base..<base + 1000).map { "set \(name)\($0) 0 0 1000 noreply\r\n\(value)\r\n" }
          .joined()
        _ = try client.exchange(Array((request + "mn\r\n").utf8), end: "MN\r\n")
      }
    }
    try fill(80_000, "a")
    let before = try client.statistic("curr_items")
    try client.say("cache_memlimit 16", "OK")
    try eventually("items went with the memory") { try client.statistic("curr_items") < before / 2 }
    try client.say("cache_memlimit 128", "OK")
    try fill(120_000, "b")
    #expect(try client.statistic("curr_items") > before)
  }

  @Test(arguments: [
    "slabs automove 0", "slabs automove 1", "lru_crawler enable", "lru_crawler sleep 100",
    "lru_crawler tocrawl 0",
    "lru_crawler crawl all", "lru mode segmented", "lru tune 20 40 0.2 2.0", "lru temp_ttl 60",
  ])
  func `commands that steer memcached's own machinery are answered`(line: String) throws {
    try Daemon().connect().say(line, "OK")
  }

  @Test(arguments: [
    "slabs", "lru", "lru_crawler", "slabs reassign 1 2", "extstore free_memchunks 1 1", "refresh_certs",
    "watch fetchers",
  ])
  func `what has no counterpart is one line`(line: String) throws {
    let client = try Daemon().connect()
    let reply = try client.ask(line)
    #expect(reply.split(separator: "\r\n").count == 1, "\(reply)")
    try client.say("get a", "END")
  }

  @Test func `lru_crawler metadump lists every key`() throws {
    let client = try Daemon().connect()
    for i in 0..<3000 { _ = try client.ask("set key\(i) 0 \(i % 2 * 1000) 3\nabc") }
    try client.say("set a%b\tc 0 0 1\nx", "STORED")
    for word in ["all", "hash"] {
      try client.send("lru_crawler metadump \(word)\r\n")
      var keys: Set<String> = []
      while true {
        let line = try client.readLine()
        if line == "END" { break }
        let fields = line.split(separator: " ").map { $0.split(separator: "=", maxSplits: 1) }
        let names = fields.prefix(7).map { String($0[0]) }
        #expect(names == ["key", "exp", "la", "cas", "fetch", "cls", "size"], "\(line)")
        guard names.count == 7 else { break }
        #expect(keys.insert(String(fields[0][1])).inserted, "\(line)")
      }
      #expect(keys.count == 3001)
      #expect(keys.contains("a%25b%09c"))
    }
    try client.say("get none", "END")
  }

  @Test func `lru_crawler mgdump lists every key as a command`() throws {
    let client = try Daemon().connect()
    for i in 0..<1000 { _ = try client.ask("set key\(i) 0 0 3\nabc") }
    try client.send("lru_crawler mgdump all\r\n")
    var lines: Set<String> = []
    while true {
      let line = try client.readLine()
      if line == "EN" { break }
      #expect(lines.insert(line).inserted)
    }
    #expect(lines == Set((0..<1000).map { "mg key\($0)" }))
  }

  @Test func `-X refuses the dumps`() throws {
    let client = try Daemon(["-X"]).connect()
    #expect(try client.ask("lru_crawler metadump all").contains("ERROR"))
    #expect(try client.ask("stats cachedump 1 0").contains("ERROR"))
    #expect(try client.ask("stats detail on").contains("ERROR"))
  }
}
