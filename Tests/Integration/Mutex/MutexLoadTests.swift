import CHearth
import Glibc
import Testing

/// Crowds, floods and limits at the mutex port.
@Suite("mutex port: crowds and bad peers")
struct MutexLoadTests {
  @Test func `hundreds of connections over TCP wait for one key`() throws {
    let mutex = try MutexDaemon([], flags: ["-c", "2000"])
    let owner = try mutex.connect()
    try owner.own("a")
    let waiters = try (0..<800).map { _ in try mutex.connect() }
    for waiter in waiters { try waiter.send(md5("a")) }
    try mutex.awaitWaiting(800)
    try owner.send("R")
    for waiter in waiters { #expect(try waiter.answer() == "R") }
    #expect(try mutex.cache().statistic("told", of: "mutex") == 800)
  }

  @Test func `twenty thousand connections wait for one key`() throws {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let wanted = rlim_t(23_000)
    if limit.rlim_cur < wanted {
      var more = rlimit(rlim_cur: wanted, rlim_max: max(wanted, limit.rlim_max))
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &more) != 0 {
        more = rlimit(rlim_cur: limit.rlim_max, rlim_max: limit.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &more)
      }
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    // The other tests of this process need descriptors too.
    let count = min(20_000, Int(clamping: limit.rlim_cur) - 3000)
    let mutex = try MutexDaemon(["connection_limit: 20000"], flags: ["-c", "\(count + 100)", "-m", "64"])
    let cache = try mutex.cache()
    let before = mutex.daemon.residentBytes
    let owner = try mutex.connectLocally()
    try owner.own("a")
    let waiters = try (1..<count).map { _ in try mutex.connectLocally() }
    for waiter in waiters { try waiter.send(md5("a")) }
    try mutex.awaitWaiting(count - 1)
    #expect(mutex.daemon.residentBytes - before < count * 2048, "\(mutex.daemon.residentBytes - before)")
    // The cache is served while the crowd is being told.
    try owner.send("R")
    try cache.say("set b 0 0 1\nx", "STORED")
    var told = 0
    for waiter in waiters where try waiter.answer() == "R" { told += 1 }
    #expect(told == count - 1)
    #expect(try cache.statistic("waiting", of: "mutex") == 0)
  }

  @Test func `parts of keys are closed after the time-out`() throws {
    let mutex = try MutexDaemon(["time_out: 300ms"])
    let quiet = try mutex.connect()
    let halves = try (0..<200).map { _ in try mutex.connect() }
    for half in halves { try half.send("half a key") }
    for half in halves { #expect(try half.readToEnd() == []) }
    try quiet.own("a")
  }

  @Test func `a flood that nobody reads holds next to nothing`() throws {
    let mutex = try MutexDaemon([], flags: ["-m", "64"])
    let cache = try mutex.cache()
    let before = mutex.daemon.residentBytes
    let pairs = [[UInt8]](repeating: md5("a") + [UInt8(ascii: "R")], count: 20_000).flatMap { $0 }
    let deaf = try (0..<20).map { _ in try mutex.connect() }
    for peer in deaf { peer.offer(pairs) }
    try cache.say("set b 0 0 1\nx", "STORED")
    #expect(try cache.statistic("read_buf_bytes") < 64 << 10)
    #expect(mutex.daemon.peakResidentBytes - before < 16 << 20)
  }

  @Test func `random bytes harm nobody`() throws {
    // Connections come faster than ended ones go.
    let mutex = try MutexDaemon(["time_out: 200ms"], flags: ["-c", "4000"])
    try Threads.run(8) { thread in
      var generator = SplitMix64(seed: UInt64(thread))
      for _ in 0..<300 {
        let client = try mutex.connectLocally()
        let bytes = (0..<Int.random(in: 1...60, using: &generator)).map { _ in
          // Few values, so that keys meet and releases occur.
          Bool.random(using: &generator) ? UInt8(ascii: "R") : UInt8.random(in: 0...1, using: &generator)
        }
        client.offer(bytes)
      }
    }
    let cache = try mutex.cache()
    try eventually("all is released") {
      let values = try cache.statistics("mutex")
      return values["held"] == "0" && values["waiting"] == "0" && values["connections"] == "0"
    }
    let values = try cache.statistics("mutex")
    let numbers = values.compactMapValues { Int($0) }
    #expect(numbers["acquired"] == numbers["released"]! + numbers["time_outs"]!, "\(values)")
    #expect(numbers["waited"] == numbers["told"]! + numbers["closed_waiting"]!, "\(values)")
  }

  @Test func `beyond the limits a peer is closed without a word`() throws {
    let mutex = try MutexDaemon(["connection_limit: 3", "waiter_limit: 1"])
    let peers = try (0..<3).map { _ in try mutex.connect() }
    try peers[0].own("a")
    try peers[1].send(md5("a"))
    try mutex.awaitWaiting(1)
    // Each worker counts its connections when it gets to them.
    let cache = try mutex.cache()
    try eventually("all three are counted") { try cache.statistic("connections", of: "mutex") == 3 }
    #expect(try mutex.connect().readToEnd() == [])
    try peers[2].send(md5("a"))
    #expect(try peers[2].readToEnd() == [])
    #expect(try mutex.cache().statistic("refused", of: "mutex") == 2)
    try mutex.cache().say("get a", "END")
    withExtendedLifetime(peers) {}
  }

  @Test func `beyond the limit of all connections too`() throws {
    let mutex = try MutexDaemon([], flags: ["-c", "2"])
    let first = try mutex.connect()
    try first.own("a")
    let second = try mutex.connectLocally()
    try second.own("b")
    #expect(try mutex.connect().readToEnd() == [])
    #expect(try mutex.cache().readToEnd() == Array("ERROR Too many open connections\r\n".utf8))
  }
}
