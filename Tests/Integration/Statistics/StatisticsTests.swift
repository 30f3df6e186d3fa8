import Testing

@Suite("stats")
struct StatisticsTests {
  /// What memcached_exporter, Datadog, Telegraf, munin and collectd read from `stats`.
  private static let general = """
    pid uptime time pointer_size max_connections curr_connections total_connections rejected_connections
    connection_structures cmd_get cmd_set cmd_flush cmd_touch cmd_meta get_hits get_misses get_expired get_flushed
    delete_hits delete_misses incr_hits incr_misses decr_hits decr_misses cas_hits cas_misses cas_badval touch_hits
    touch_misses store_too_large store_no_memory auth_cmds auth_errors bytes_read bytes_written limit_maxbytes
    accepting_conns listen_disabled_num threads conn_yields bytes curr_items total_items evictions reclaimed
    expired_unfetched evicted_unfetched lru_crawler_starts crawler_reclaimed crawler_items_checked direct_reclaims
    moves_to_cold moves_to_warm moves_within_lru
    """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)

  /// What they read of `stats items`, each behind `items:N:`.
  private static let items = """
    number age evicted evicted_nonzero evicted_time evicted_unfetched expired_unfetched outofmemory reclaimed
    tailrepairs crawler_reclaimed moves_to_cold moves_to_warm moves_within_lru number_hot number_warm number_cold
    age_hot age_warm hits_to_hot hits_to_warm hits_to_cold hits_to_temp mem_requested
    """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)

  /// And of `stats slabs`, each behind `N:`.
  private static let slabs = """
    chunk_size chunks_per_page total_pages total_chunks used_chunks free_chunks free_chunks_end get_hits cmd_set
    delete_hits incr_hits decr_hits cas_hits cas_badval touch_hits
    """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)

  @Test func `every number that monitors read is there`() throws {
    let values = try Daemon().connect().statistics()
    for name in Self.general {
      #expect(values[name].flatMap { UInt64($0) } != nil, "\(name): \(values[name] ?? "missing")")
    }
    #expect(values["version"]?.split(separator: ".").count == 3)
    #expect(values["pointer_size"] == "64")
    #expect(values["accepting_conns"] == "1")
  }

  @Test(arguments: ["rusage_user", "rusage_system"]) func `CPU time is seconds and six digits`(name: String)
    throws
  {
    let value = try Daemon().connect().statistics()[name] ?? ""
    let parts = value.split(separator: ".")
    #expect(parts.count == 2 && parts[1].count == 6 && parts.allSatisfy { UInt64($0) != nil }, "\(value)")
  }

  @Test func `items and bytes follow what is stored`() throws {
    let client = try Daemon().connect()
    for i in 0..<100 { try client.say("set key\(i) 0 0 10\n0123456789", "STORED") }
    for i in 0..<40 { try client.say("delete key\(i)", "DELETED") }
    let values = try client.statistics()
    #expect(values["curr_items"] == "60")
    #expect(values["total_items"] == "100")
    #expect(values["cmd_set"] == "100")
    #expect(values["delete_hits"] == "40")
    #expect(Int(values["bytes"] ?? "") ?? 0 >= 60 * 14)
    _ = try client.ask("flush_all")
    try eventually("flushed items leave the count") { try client.statistic("curr_items") == 0 }
  }

  @Test func `connections and bytes are counted`() throws {
    let daemon = try Daemon(["-t", "2"])
    let client = try daemon.connect()
    let others = try (0..<5).map { _ in try daemon.connect() }
    for other in others { try other.say("version", try client.ask("version").replacing("\r\n", with: "")) }
    let values = try client.statistics()
    withExtendedLifetime(others) {
      #expect(values["curr_connections"].flatMap { Int($0) } ?? 0 >= 6)
    }
    #expect(values["threads"] == "2")
    let read = Int(values["bytes_read"] ?? "") ?? 0
    try client.say("set a 0 0 1000\n" + String(repeating: "x", count: 1000), "STORED")
    _ = try client.ask("get a")
    #expect(try client.statistic("bytes_read") >= read + 1020)
    #expect(try client.statistic("bytes_written") >= 1000)
  }

  @Test func `stats settings has what the exporters read`() throws {
    let values = try Daemon(["-c", "500", "-t", "3", "-I", "2m", "-m", "100"]).connect().statistics(
      "settings")
    #expect(values["maxconns"] == "500")
    #expect(values["num_threads"] == "3")
    #expect(values["item_size_max"] == "\(2 << 20)")
    #expect(values["maxbytes"] == "\(100 << 20)")
    #expect(values["evictions"] == "on")
    for name in ["tcpport", "udpport", "tcp_backlog", "client_flags_size", "verbosity"] {
      #expect(values[name].flatMap { Int($0) } != nil, "\(name)")
    }
    for name in ["cas_enabled", "binding_protocol", "flush_enabled", "lru_crawler"] {
      #expect(values[name] != nil, "\(name)")
    }
    // An exporter that sees lru_crawler yes reads these as numbers, and fails when one is missing.
    if values["lru_crawler"] == "yes" {
      for name in [
        "lru_crawler_sleep", "lru_crawler_tocrawl", "hot_lru_pct", "warm_lru_pct", "hot_max_factor",
        "warm_max_factor",
      ] {
        #expect(values[name].flatMap { Double($0) } != nil, "\(name)")
      }
      #expect(["yes", "no"].contains(values["lru_maintainer_thread"]))
    }
  }

  @Test func `stats settings shows -M and -C`() throws {
    let values = try Daemon(["-M", "-C"]).connect().statistics("settings")
    #expect(values["evictions"] == "off")
    #expect(values["cas_enabled"] == "no")
  }

  @Test func `stats items and slabs have at least one class when there are items`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    let items = try client.statistics("items")
    for name in Self.items {
      let found = items.first { $0.key.hasPrefix("items:") && $0.key.hasSuffix(":\(name)") }
      #expect(found.flatMap { UInt64($0.value) } != nil, "\(name)")
    }
    let slabs = try client.statistics("slabs")
    for name in Self.slabs {
      let found = slabs.first { $0.key.hasSuffix(":\(name)") }
      #expect(found.flatMap { UInt64($0.value) } != nil, "\(name)")
    }
    for name in ["active_slabs", "total_malloced"] {
      #expect(slabs[name].flatMap { UInt64($0) } ?? 0 > 0, "\(name)")
    }
  }

  @Test func `stats sizes and conns are STAT lines`() throws {
    let client = try Daemon().connect()
    #expect(try !client.statistics("sizes").isEmpty)
    let connections = try client.statistics("conns")
    #expect(connections.contains { $0.key.hasSuffix(":addr") && $0.value.hasPrefix("tcp:127.0.0.1:") })
    #expect(connections.contains { $0.key.hasSuffix(":state") })
  }

  @Test func `stats detail counts by prefix`() throws {
    let client = try Daemon().connect()
    try client.say("stats detail on", "OK")
    _ = try client.ask("set user:1 0 0 1\nx\nget user:1\nget user:2\nget page:1\ndelete user:1\nget plain")
    let dump = try client.ask("stats detail dump")
    #expect(dump.contains("PREFIX user get 2 hit 1 set 1 del 1\r\n"), "\(dump)")
    #expect(dump.contains("PREFIX page get 1 hit 0 set 0 del 0\r\n"), "\(dump)")
    #expect(dump.hasSuffix("END\r\n"))
    try client.say("stats detail off", "OK")
    _ = try client.ask("get page:1")
    #expect(try client.ask("stats detail dump").contains("PREFIX page get 1 "))
    try client.say("stats detail sideways", "CLIENT_ERROR usage: stats detail on|off|dump")
  }

  @Test func `-D counts from the start, with its delimiter`() throws {
    let client = try Daemon(["-D", "/"]).connect()
    _ = try client.ask("get a/b\nget a:c")
    #expect(try client.ask("stats detail dump").contains("PREFIX a get 1 hit 0 set 0 del 0\r\n"))
  }

  @Test func `stats reset starts the counts again and keeps the items`() throws {
    let client = try Daemon().connect()
    _ = try client.ask("set a 0 0 1\nx\nget a\nget b")
    try client.say("stats reset", "RESET")
    let values = try client.statistics()
    for name in ["cmd_get", "get_hits", "get_misses", "cmd_set", "total_items"] {
      #expect(values[name] == "0", "\(name)")
    }
    #expect(values["curr_items"] == "1")
  }

  @Test func `stats cachedump lists keys`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 3\nabc", "STORED")
    let reply = try client.ask("stats cachedump 1 0")
    #expect(matches(reply, "ITEM a [3 b; <n> s]\r\nEND\r\n"), "\(reply)")
  }

  @Test(arguments: ["nonsense", "settingsx"]) func `an unknown group is an ERROR`(group: String) throws {
    try Daemon().connect().say("stats \(group)", "ERROR")
  }

  @Test func `stats latency tells percentiles`() throws {
    let client = try Daemon().connect()
    for i in 0..<200 { try client.say("get key\(i)", "END") }
    let values = try client.statistics("latency")
    let names = ["p50", "p90", "p99", "p999", "max"]
    let found = names.map { name in values["round_us_" + name].flatMap { Double($0) }
    }
    #expect(!found.contains(nil), "\(values)")
    let numbers = found.compactMap(\.self)
    #expect(numbers[0] > 0)
    // Buckets are 6 % wide, so the largest percentile may stand a little above the maximum.
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 <= $1 * 1.1 }, "\(numbers)")
  }

  @Test func `expired and evicted items are counted`() throws {
    let client = try Daemon(["-m", "16"]).connect()
    for i in 0..<100 { _ = try client.ask("set t\(i) 0 1 1\nx") }
    let value = String(repeating: "v", count: 1000)
    for base in stride(from: 0, to: 40_000, by: 1000) {
      let request = (base..<base + 1000).map { "set k\($0) 0 0 1000 noreply\r\n\(value)\r\n" }.joined()
      _ = try client.exchange(Array((request + "mn\r\n").utf8), end: "MN\r\n")
    }
    let values = try client.statistics()
    #expect(Int(values["evictions"] ?? "") ?? 0 > 10_000)
    #expect(Int(values["evicted_unfetched"] ?? "") ?? 0 > 0)
    #expect(Int(values["curr_items"] ?? "") ?? 0 < 16_000)
    #expect(Int(values["bytes"] ?? "") ?? .max <= 16 << 20)
    try eventually("expired items are reclaimed") { try client.statistic("reclaimed") > 0 }
  }

  @Test func `misses of expired and flushed keys are told apart`() throws {
    let client = try Daemon().connect()
    for _ in 0..<25 { try client.say("set z 0 -1 1\nx\nget z", "STORED\nEND") }
    try client.say("set b 0 0 1\nx\nflush_all\nget b\nget none", "STORED\nOK\nEND\nEND")
    #expect(try client.statistic("get_expired") == 25)
    #expect(try client.statistic("get_flushed") == 1)
    #expect(try client.statistic("get_misses") == 27)
  }
}
