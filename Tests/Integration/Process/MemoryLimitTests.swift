import CHearth
import Glibc
import Testing

@Suite("memory limit online")
struct MemoryLimitTests {
  /// Counting per prefix takes the server's lock while a shard's is held; changing the limit takes the shards' locks.
  @Test func `cache_memlimit and stats detail do not wait for each other`() throws {
    let daemon = try Daemon(["-m", "64", "-t", "4"])
    let administrator = try daemon.connect()
    try administrator.say("stats detail on", "OK")
    // Connections go to the workers in turn: these have the other three.
    let clients = try (0..<3).map { _ in try daemon.connect() }
    let limits = (0..<50).map { "cache_memlimit \(64 + $0 % 2 * 32)\r\n" }.joined() + "mn\r\n"
    let fetches = (0..<2000).map { "mg p\($0 % 7):k\($0) v\r\n" }.joined() + "mn\r\n"
    let answered = String(repeating: "OK\r\n", count: 50) + "MN\r\n"
    let end = hearth_monotonic_ns() + 2_000_000_000
    while hearth_monotonic_ns() < end {
      for client in clients { try client.send(fetches) }
      let replies = try administrator.exchange(Array(limits.utf8), end: "MN\r\n")
      #expect(replies == Array(answered.utf8), "\(printable(replies))")
      for client in clients {
        let replies = try client.exchange([], end: "MN\r\n")
        #expect(replies.suffix(4) == Array("MN\r\n".utf8)[...])
      }
    }
    try administrator.say("set a 0 0 1\nx", "STORED")
  }

  @Test func `a lowered limit takes the buffers' share along`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "memory: 8g\n")
    let daemon = try Daemon(["--config", file], folder: folder)
    let client = try daemon.connect()
    #expect(try client.statistic("read_buf_bytes_limit") == 512 << 20)
    try folder.write("a.yaml", "memory: 512m\n")
    daemon.process.signal(SIGHUP)
    try eventually("the limit has changed") { try client.statistic("limit_maxbytes") == 512 << 20 }
    try eventually("it is said") { daemon.errors.contains("pool default: memory is 512 MiB now") }
    #expect(daemon.errors.contains("memory is 512 MiB now, 32 MiB of it for connections' buffers"))
    #expect(try client.statistic("read_buf_bytes_limit") == 32 << 20)
    #expect(try client.statistic("default:limit_maxbytes", of: "pools") == 480 << 20)
  }

  @Test func `cache_memlimit divides its memory as -m does`() throws {
    let client = try Daemon(["-m", "1024"]).connect()
    try client.say("cache_memlimit 128", "OK")
    #expect(try client.statistic("limit_maxbytes") == 128 << 20)
    #expect(try client.statistic("read_buf_bytes_limit") == 8 << 20)
    #expect(try client.statistic("default:limit_maxbytes", of: "pools") == 120 << 20)
    try client.say("cache_memlimit 8", "OK")
    #expect(try client.statistic("read_buf_bytes_limit") == 4 << 20)
    // Four times the start's memory is reserved.
    try client.say("cache_memlimit 4096", "OK")
    #expect(try client.statistic("read_buf_bytes_limit") == 256 << 20)
    try client.say("cache_memlimit 4097", "MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust")
    #expect(try client.statistic("limit_maxbytes") == 4096 << 20)
    #expect(try client.statistic("read_buf_bytes_limit") == 256 << 20)
  }

  @Test func `what the buffers would leave no room for is refused`() throws {
    let folder = try TemporaryFolder()
    func text(_ memory: String, _ pool: String) -> String {
      "memory: \(memory)\npools:\n  - {name: a, prefix: \"a:\", memory: \(pool)}\n"
    }
    let file = try folder.write("a.yaml", text("256m", "64m"))
    let daemon = try Daemon(["--config", file], folder: folder)
    let client = try daemon.connect()
    try client.say("mn", "MN")
    try folder.write("a.yaml", text("512m", "500m"))
    daemon.process.signal(SIGHUP)
    try eventually("it is said") { daemon.errors.contains("the old limits stay") }
    #expect(!daemon.errors.contains("memory is"))
    #expect(try client.statistic("limit_maxbytes") == 256 << 20)
    // The named pool grows by as much as the whole: only the buffers' share changes for the default pool.
    try folder.write("a.yaml", text("512m", "320m"))
    daemon.process.signal(SIGHUP)
    try eventually("the limit has changed") { try client.statistic("limit_maxbytes") == 512 << 20 }
    #expect(try client.statistic("default:limit_maxbytes", of: "pools") == 160 << 20)
    #expect(try client.statistic("a:limit_maxbytes", of: "pools") == 320 << 20)
  }

  @Test func `a maximum that nobody set is no change`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.yaml", "memory: 2g\n")
    let daemon = try Daemon(["--config", file], folder: folder)
    let client = try daemon.connect()
    try client.say("mn", "MN")
    for memory in ["1g", "3g"] {
      try folder.write("a.yaml", "memory: \(memory)\n")
      daemon.process.signal(SIGHUP)
      try eventually("the limit has changed") {
        daemon.errors.contains("default: memory is \(memory.first!) GiB")
      }
    }
    try client.say("mn", "MN")
    #expect(!daemon.errors.contains("restart"), "\(daemon.errors)")
  }

  @Test func `with little address space it starts, and says what that costs`() throws {
    let daemon = try Daemon(["-m", "8"], limits: ["-v 1000000"])
    #expect(daemon.errors.contains("the limit cannot be raised online: "))
    let client = try daemon.connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("cache_memlimit 64", "MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust")
    #expect(try client.statistic("limit_maxbytes") == 8 << 20)
  }
}
