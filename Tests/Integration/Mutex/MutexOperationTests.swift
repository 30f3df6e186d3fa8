import Glibc
import Testing

/// What operators of a daemon with a mutex port see.
@Suite("mutex port: operation")
struct MutexOperationTests {
  @Test func `without the section nothing listens and stats say so`() throws {
    let daemon = try Daemon()
    #expect(daemon.listeners.allSatisfy { !$0.kind.hasPrefix("MUTEX") })
    try daemon.connect().say("stats mutex", "STAT mode off\nEND")
  }

  @Test func `stats mutex`() throws {
    let mutex = try MutexDaemon(["time_out: 10s"])
    let cache = try mutex.cache()
    let names = [
      "mode", "time_out_ms", "connections", "held", "waiting", "acquired", "released", "time_outs", "waited",
      "told", "told_by_set", "hand_overs", "closed_waiting", "refused", "longest_hold_ms", "bytes",
    ]
    #expect(Set(try cache.statistics("mutex").keys) == Set(names))
    let owner = try mutex.connect()
    try owner.own("a")
    let waiter = try mutex.connect()
    try waiter.send(md5("a"))
    try mutex.awaitWaiting(1)
    usleep(120_000)
    var values = try cache.statistics("mutex")
    #expect(values["mode"] == "notify" && values["time_out_ms"] == "10000")
    #expect(values["connections"] == "2" && values["held"] == "1" && values["acquired"] == "1")
    #expect(Int(values["longest_hold_ms"] ?? "") ?? 0 >= 120)
    #expect(Int(values["bytes"] ?? "") ?? 0 > 0)
    try owner.send("R")
    #expect(try waiter.answer() == "R")
    values = try cache.statistics("mutex")
    #expect(values["held"] == "0" && values["released"] == "1" && values["told"] == "1", "\(values)")
    try cache.say("stats reset", "RESET")
    values = try cache.statistics("mutex")
    #expect(values["released"] == "0" && values["told"] == "0" && values["connections"] == "2", "\(values)")
  }

  @Test func `hearthctl locks shows what is held`() throws {
    let mutex = try MutexDaemon()
    let admin = try #require(mutex.daemon.listeners.first { $0.kind == "ADMIN INET" }).port
    let owner = try mutex.connect()
    try owner.own("a")
    let waiters = try (0..<3).map { _ in try mutex.connect() }
    for waiter in waiters { try waiter.send(md5("a")) }
    try mutex.awaitWaiting(3)
    let program = try Program([Binaries.hearthctl, "locks", "--address", "\(admin)"])
    #expect(program.status == 0, "\(program.errors)")
    let rows = program.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(rows.count == 2 && rows[1].first == "0cc175b9c0f1b6a831c399e269772661", "\(program.output)")
    #expect(rows[1].last == "3", "\(program.output)")
    withExtendedLifetime(waiters) {}
  }

  @Test func `SIGHUP changes the rules for those who are connected`() throws {
    let mutex = try MutexDaemon()
    let owner = try mutex.connect()
    try owner.own("a")
    let waiter = try mutex.connect()
    try waiter.send(md5("a"))
    try mutex.awaitWaiting(1)
    try mutex.reload(["mode: queue", "time_out: 200ms"])
    try eventually("it is said") { mutex.daemon.errors.contains("mutex.time_out is 200ms now") }
    #expect(mutex.daemon.errors.contains("mutex.mode is queue now"))
    try owner.send("R")
    #expect(try waiter.answer() == "O")
    #expect(try waiter.readToEnd() == [])
    try mutex.folder.write("mutex.yaml", "memory: 64m\n")
    mutex.daemon.process.signal(SIGHUP)
    try eventually("what needs a restart is named") {
      mutex.daemon.errors.contains("mutex.listen: needs a restart")
    }
  }

  @Test func `SIGTERM ends with crowds waiting`() throws {
    let mutex = try MutexDaemon()
    let owners = try (0..<20).map { _ in try mutex.connectLocally() }
    for (i, owner) in owners.enumerated() { try owner.own("\(i)") }
    let waiters = try (0..<200).map { _ in try mutex.connectLocally() }
    for (i, waiter) in waiters.enumerated() { try waiter.send(md5("\(i % 20)")) }
    try mutex.awaitWaiting(200)
    #expect(try mutex.daemon.stop() == .exit(0))
    for owner in owners { #expect(try owner.readToEnd() == []) }
    // Some heard of the ends of their owners before their own.
    for waiter in waiters { #expect([[], [UInt8(ascii: "R")]].contains(try waiter.readToEnd())) }
  }

  @Test func `a place that is taken is one line and status 71`() throws {
    let mutex = try MutexDaemon()
    let folder = try TemporaryFolder()
    for place in ["\(mutex.port)", mutex.path] {
      let file = try folder.write("a.yaml", "listeners: [{tcp: 127.0.0.1:0}]\nmutex: {listen: \(place)}\n")
      let program = try Program(
        [Binaries.hearthd, "--config", file] + (geteuid() == 0 ? ["-u", "root"] : []))
      #expect(program.status == 71)
      #expect(
        program.errorLines.count == 1 && program.errors.contains("cannot listen on"), "\(program.errors)")
    }
    // The other's socket is still there.
    try mutex.connectLocally().own("a")
  }
}
