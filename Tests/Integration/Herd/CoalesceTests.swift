import CHearth
import Glibc
import Testing

/// Readers of a missing key wait for the one who computes it.
@Suite("coalesce")
struct CoalesceTests {
  private static let rule = "coalesce: {wait: 10s, lease: 10s}"

  @Test func `the first reader gets the miss, hundreds of others the value`() throws {
    let daemon = try herdDaemon(Self.rule)
    let first = try daemon.connect()
    #expect(try first.value(of: "k") == nil)
    let others = try clients(300, of: daemon)
    for client in others { try client.send("get k\r\n") }
    let watcher = try daemon.connect()
    try eventually("all wait") { try watcher.statistic("readers_waiting", of: "herd") == 300 }
    try first.say("set k 0 0 5\nvalue", "STORED")
    let reply = Array("VALUE k 0 5\r\nvalue\r\nEND\r\n".utf8)
    for client in others { #expect(try client.read(reply.count) == reply) }
    let herd = try watcher.statistics("herd")
    #expect(herd["leases_given"] == "1")
    #expect(herd["readers_released"] == "300")
    #expect(herd["recomputations_saved"] == "300")
    #expect(herd["readers_waiting"] == "0")
  }

  @Test func `replies stay in order around a key that is waited for`() throws {
    let daemon = try herdDaemon(Self.rule)
    let (holder, reader) = (try daemon.connect(), try daemon.connect())
    try holder.say("set a 0 0 1\nx", "STORED")
    #expect(try holder.value(of: "b") == nil)
    try reader.send("get a b a\r\nset c 0 0 1\r\ny\r\nget c\r\nmn\r\n")
    let before = "VALUE a 0 1\r\nx\r\n"
    #expect(try reader.read(before.utf8.count) == Array(before.utf8))
    #expect(reader.staysSilent(milliseconds: 100))
    try holder.say("set b 0 0 1\nz", "STORED")
    let after = "VALUE b 0 1\r\nz\r\nVALUE a 0 1\r\nx\r\nEND\r\nSTORED\r\nVALUE c 0 1\r\ny\r\nEND\r\nMN\r\n"
    #expect(try reader.read(after.utf8.count) == Array(after.utf8))
  }

  @Test func `a reader that closes leaves nothing behind`() throws {
    let daemon = try herdDaemon(Self.rule)
    let holder = try daemon.connect()
    #expect(try holder.value(of: "k") == nil)
    do {
      let readers = try clients(50, of: daemon)
      // Some have more to say behind the key that they wait for.
      for (i, client) in readers.enumerated() {
        try client.send(i % 2 == 0 ? "get k\r\n" : "get k\r\nget x\r\nset")
      }
      try withExtendedLifetime(readers) {
        try eventually("all wait") { try holder.statistic("readers_waiting", of: "herd") == 50 }
      }
    }
    try eventually("all are gone") { try holder.statistic("readers_waiting", of: "herd") == 0 }
    #expect(try holder.statistic("readers_closed", of: "herd") == 50)
    #expect(try holder.statistic("curr_connections") == 1)
    try holder.say("set k 0 0 1\nx", "STORED")
  }

  @Test func `two multigets that want each other's keys do not wait for each other`() throws {
    let daemon = try herdDaemon(Self.rule)
    let (a, b) = (try daemon.connect(), try daemon.connect())
    #expect(try a.value(of: "x") == nil)
    #expect(try b.value(of: "y") == nil)
    // Each holds a lease: the other's key is a plain miss for it.
    try a.say("get x y", "END")
    try b.say("get y x", "END")
    #expect(try a.statistic("spilled", of: "herd") >= 2)
  }

  @Test func `a holder that dies costs one lease, not a herd`() throws {
    let daemon = try herdDaemon("coalesce: {wait: 10s, lease: 500ms}")
    let readers = try clients(100, of: daemon)
    do {
      let holder = try daemon.connect()
      #expect(try holder.value(of: "k") == nil)
    }
    let start = hearth_monotonic_ns()
    // Workers do not take turns: the first is the oldest only if the others come when it waits.
    try readers[0].send("get k\r\n")
    try eventually("it waits") { try readers[1].statistic("readers_waiting", of: "herd") == 1 }
    for client in readers.dropFirst() { try client.send("get k\r\n") }
    // The oldest waiter is told to compute, and only it.
    #expect(try readers[0].read(5) == Array("END\r\n".utf8))
    #expect(hearth_monotonic_ns() - start < 3_000_000_000)
    try readers[0].say("set k 0 0 1\nx", "STORED")
    for client in readers.dropFirst() { #expect(try client.read(21).count == 21) }
    #expect(try readers[0].statistic("leases_given", of: "herd") == 2)
    #expect(try readers[0].statistic("leases_lost", of: "herd") == 1)
  }

  @Test func `who has waited long enough gets a miss, counted as spilled`() throws {
    let daemon = try herdDaemon("coalesce: {wait: 300ms, lease: 10s, max_waiters: 1}")
    let (holder, waiter, surplus) = (try daemon.connect(), try daemon.connect(), try daemon.connect())
    #expect(try holder.value(of: "k") == nil)
    try waiter.send("get k\r\n")
    try eventually("it waits") { try holder.statistic("readers_waiting", of: "herd") == 1 }
    // One too many does not wait at all.
    #expect(try surplus.value(of: "k") == nil)
    #expect(try waiter.read(5) == Array("END\r\n".utf8))
    #expect(try holder.statistic("spilled", of: "herd") == 2)
    #expect(try holder.statistic("readers_gave_up", of: "herd") == 1)
  }

  @Test func `a delete hands the lease to the oldest waiter`() throws {
    let daemon = try herdDaemon(Self.rule)
    let (holder, waiter, third) = (try daemon.connect(), try daemon.connect(), try daemon.connect())
    #expect(try holder.value(of: "k") == nil)
    try waiter.send("get k\r\n")
    try eventually("it waits") { try third.statistic("readers_waiting", of: "herd") == 1 }
    try third.say("delete k", "NOT_FOUND")
    #expect(try waiter.read(5) == Array("END\r\n".utf8))
  }

  @Test func `a holder whose value is too large hands the lease to the oldest waiter`() throws {
    let daemon = try herdDaemon(Self.rule, flags: ["-t", "1"])
    let (holder, waiter, other) = (try daemon.connect(), try daemon.connect(), try daemon.connect())
    #expect(try holder.value(of: "k") == nil)
    #expect(try other.value(of: "j") == nil)
    try waiter.send("get k\r\n")
    try eventually("it waits") { try other.statistic("readers_waiting", of: "herd") == 1 }
    let value = String(repeating: "v", count: 2 << 20)
    // What follows is about another key, whose lease has nothing to do with it.
    try holder.say(
      "set k 0 0 \(value.utf8.count)\n\(value)\nincr j 1",
      "SERVER_ERROR object too large for cache\nNOT_FOUND")
    #expect(try waiter.read(5) == Array("END\r\n".utf8))
    let reader = try daemon.connect()
    try reader.send("get j\r\n")
    try eventually("it waits") { try other.statistic("readers_waiting", of: "herd") == 1 }
  }

  @Test func `a reader that is reset with requests unread leaves nothing behind`() throws {
    let daemon = try herdDaemon(Self.rule)
    let holder = try daemon.connect()
    #expect(try holder.value(of: "k") == nil)
    do {
      let reader = try daemon.connect()
      try reader.send("get k\r\n")
      try eventually("it waits") { try holder.statistic("readers_waiting", of: "herd") == 1 }
      try reader.send("get x\r\n")
      var option = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        reader.descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
    try eventually("it is gone") { try holder.statistic("readers_waiting", of: "herd") == 0 }
  }

  @Test func `a reader that waits longer than idle_timeout is answered`() throws {
    let daemon = try herdDaemon("coalesce: {wait: 3s, lease: 60s}", more: "idle_timeout: 1s\n")
    let (holder, waiter) = (try daemon.connect(), try daemon.connect())
    #expect(try holder.value(of: "k") == nil)
    try waiter.send("get k\r\n")
    #expect(try waiter.read(5) == Array("END\r\n".utf8))
  }

  @Test func `locks made with add, and gets and cas, work as ever`() throws {
    let daemon = try herdDaemon(
      Self.rule + ", early_refresh: {before: 10s}, serve_stale: 30s", more: "")
    let (a, b) = (try daemon.connect(), try daemon.connect())
    // A lock: one of both gets it, and after its expiry it is free.
    try a.say("add lock 0 1 1\n1", "STORED")
    try b.say("add lock 0 1 1\n1", "NOT_STORED")
    try eventually("the lock expires") { try b.ask("add lock 0 1 1\n1") == "STORED\r\n" }
    // A loop of gets and cas.
    try a.say("set n 0 100 1\n0", "STORED")
    for i in 1...20 {
      let client = i % 2 == 0 ? a : b
      try client.say("cas n 0 100 \("\(i)".utf8.count) \(try client.cas("n"))\n\(i)", "STORED")
    }
    #expect(try a.value(of: "n") == "20")
    try a.say("incr n 5", "25")
    // Get or add: the first computes, the second finds it.
    #expect(try a.value(of: "page") == nil)
    try a.say("add page 0 100 4\nhtml", "STORED")
    #expect(try b.value(of: "page") == "html")
  }

  @Test func `meta readers wait too, and UDP readers never`() throws {
    let daemon = try herdDaemon(Self.rule, flags: ["-U", "-1"])
    let (holder, meta) = (try daemon.connect(), try daemon.connect())
    try holder.say("mg k v", "EN")
    try meta.send("mg k v k Oabc\r\n")
    try eventually("it waits") { try holder.statistic("readers_waiting", of: "herd") == 1 }
    try holder.say("ms k 2\nhi", "HD")
    let reply = "VA 2 kk Oabc\r\nhi\r\n"
    #expect(try meta.read(reply.utf8.count) == Array(reply.utf8))

    #expect(try holder.value(of: "u") == nil)
    let udp = try DatagramClient(daemon)
    #expect(try udp.ask(id: 1, "get u\r\n").reply == Array("END\r\n".utf8))
    #expect(try holder.statistic("readers_waiting", of: "herd") == 0)
    #expect(try holder.statistic("spilled", of: "herd") == 1)
  }

  @Test func `a daemon that is told to end answers who waits`() throws {
    let daemon = try herdDaemon(Self.rule)
    let (holder, waiter) = (try daemon.connect(), try daemon.connect())
    #expect(try holder.value(of: "k") == nil)
    try waiter.send("get k\r\nset x 0 0 1\r\ny\r\n")
    try eventually("it waits") { try holder.statistic("readers_waiting", of: "herd") == 1 }
    daemon.process.signal(15)
    #expect(try waiter.readToEnd() == Array("END\r\nSTORED\r\n".utf8))
    #expect(try daemon.process.wait() == .exit(0))
  }

  @Test func `a reload that ends the rule ends the waiting`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("h.yaml", "pools: [{name: default, coalesce: {wait: 600s, lease: 600s}}]")
    let daemon = try Daemon(["--config", file], folder: folder)
    let (holder, waiter) = (try daemon.connect(), try daemon.connect())
    #expect(try holder.value(of: "k") == nil)
    try waiter.send("get k\r\n")
    try eventually("it waits") { try holder.statistic("readers_waiting", of: "herd") == 1 }
    _ = try folder.write("h.yaml", "pools: [{name: default}]")
    daemon.process.signal(1)
    #expect(try waiter.read(5) == Array("END\r\n".utf8))
  }
}
