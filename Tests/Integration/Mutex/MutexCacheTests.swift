import Glibc
import Synchronization
import Testing

/// What the port is for: of many clients that miss a value one computes it.
@Suite("mutex port: with the cache")
struct MutexCacheTests {
  @Test func `a set of the key tells the waiters at once, long before the release`() throws {
    let mutex = try MutexDaemon(["mode: queue"])
    let cache = try mutex.cache()
    let owner = try mutex.connect()
    try owner.own("page")
    let waiters = try (0..<20).map { _ in try mutex.connect() }
    for waiter in waiters { try waiter.send(md5("page")) }
    try mutex.awaitWaiting(20)
    try cache.say("set other 0 0 1\nx", "STORED")
    #expect(waiters[0].isSilent())
    try cache.say("set page 0 0 1\nx", "STORED")
    for waiter in waiters { #expect(try waiter.answer() == "R") }
    let values = try cache.statistics("mutex")
    #expect(values["told_by_set"] == "20" && values["held"] == "1" && values["waiting"] == "0", "\(values)")
    try waiters[0].send(md5("page"))
    try mutex.awaitWaiting(1)
    try owner.send("R")
    #expect(try waiters[0].answer() == "O")
  }

  /// The loop of the original client: `until (value = cache.get(key)) { if (lock(key)) { compute; set; release } }`.
  private static func fetch(
    _ key: String, cache: Client, mutex: Client, compute: () -> String
  ) throws -> String {
    while true {
      if let value = try get(key, cache) { return value }
      try mutex.send(md5(key))
      switch try mutex.answer() {
      case "O":
        // Between the miss and the lock another owner may have been done.
        if let value = try get(key, cache) {
          try mutex.send("R")
          return value
        }
        let value = compute()
        guard try cache.ask("set \(key) 0 0 \(value.utf8.count)\n\(value)") == "STORED\r\n" else {
          throw TestFailure("the value was not stored")
        }
        try mutex.send("R")
        return value
      case "R": continue
      case let other: throw TestFailure("the port said \"\(other)\"")
      }
    }
  }

  private static func get(_ key: String, _ cache: Client) throws -> String? {
    let lines = try cache.ask("get \(key)").split(separator: "\r\n")
    return lines.count == 3 ? String(lines[1]) : nil
  }

  @Test(arguments: ["notify", "queue"]) func `a hundred threads compute each of ten keys once`(
    mode: String
  ) throws {
    let mutex = try MutexDaemon(["mode: \(mode)"])
    let computed = Mutex<[String: Int]>([:])
    try Threads.run(100) { thread in
      let cache = try mutex.cache()
      let lock = try mutex.connectLocally()
      for number in 0..<10 {
        let key = "page:\(number)"
        let value = try Self.fetch(key, cache: cache, mutex: lock) {
          computed.withLock { $0[key, default: 0] += 1 }
          usleep(20_000)
          return "value of \(key)"
        }
        guard value == "value of \(key)" else { throw TestFailure("\(key) was \(value)") }
      }
    }
    let counts = computed.withLock { $0 }
    #expect(counts.count == 10 && counts.values.allSatisfy { $0 == 1 }, "\(counts)")
    let values = try mutex.cache().statistics("mutex")
    #expect(values["held"] == "0" && values["waiting"] == "0", "\(values)")
  }

  @Test func `processes in another language compute once`() throws {
    let mutex = try MutexDaemon()
    let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let log = mutex.folder.file("computed")
    let command = [Binaries.python, "-B", "/\(folder)/Python/keyedmutex_client.py"]
    let processes = try (0..<12).map { _ in
      try ChildProcess(
        command + ["\(mutex.daemon.port)", mutex.path, log, "20"], errors: mutex.folder.file("complaints"))
    }
    for process in processes { #expect(try process.wait(seconds: 60) == .exit(0)) }
    #expect(mutex.folder.read("complaints") == "")
    let lines = mutex.folder.read("computed").split(separator: "\n").map(String.init)
    #expect(lines.count == 20 && Set(lines).count == 20, "\(lines)")
  }
}
