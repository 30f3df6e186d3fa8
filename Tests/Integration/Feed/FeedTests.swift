import TestDatabase
import Testing

/// Tables kept ready: what is read is what the tables say.
@Suite("feeds")
struct FeedTests {
  private func changes(
    _ site: FeedSite, _ daemon: Daemon, seed: Int, seconds: Double, images: String = "FULL"
  ) throws {
    let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let program = try Program(
      [
        Binaries.python, "-B", "/\(folder)/Python/random_changes.py", site.database.socket, "\(daemon.port)",
        "\(seed)",
        "\(seconds)", images,
      ], seconds: 120)
    #expect(program.status == 0, "seed \(seed): \(program.errors)")
    #expect(program.output.hasSuffix("all done\n"), "\(program.output)")
  }

  @Test(arguments: Binaries.isSlow ? Array(1...20) : [1, 2])
  func `after any changes the cache is what the tables say`(seed: Int) throws {
    let site = try FeedSite()
    let daemon = try site.daemon(feed: "{load_rows_per_second: 3000, chunk_rows: 100, sweep: 2s}".flow)
    try changes(site, daemon, seed: seed, seconds: 5)
    #expect(try daemon.feed("differences") == "0")
  }

  @Test(arguments: [
    ["--log-bin-compress"], ["--binlog-row-metadata=MINIMAL"], ["--binlog-row-image=MINIMAL"],
    ["--binlog-row-image=NOBLOB"], ["--binlog-checksum=NONE"],
  ])
  func `whatever form the log has`(options: [String]) throws {
    let site = try FeedSite(options)
    let minimal = options == ["--binlog-row-image=MINIMAL"] || options == ["--binlog-row-image=NOBLOB"]
    let daemon = try site.daemon(lists: !minimal)
    try changes(site, daemon, seed: 7, seconds: 3, images: minimal ? "MINIMAL" : "FULL")
  }

  @Test(arguments: ["NOBLOB", "MINIMAL"])
  func `a row that leaves and is deleted at once is gone, whatever its images say`(images: String) throws {
    let site = try FeedSite(["--binlog-row-image=\(images)"], rows: 20)
    let daemon = try site.daemon(lists: false)
    try daemon.awaitFeed()
    let client = try daemon.connect()
    try site.database.run(
      "BEGIN; UPDATE site.users SET active = 0 WHERE id = 7; DELETE FROM site.users WHERE id = 7; COMMIT")
    try site.database.run("UPDATE site.users SET name = 'last' WHERE id = 8")
    try eventually("what came after is there") { try client.ask("get user:8").contains("last") }
    try client.say("get user:7", "END")
  }

  @Test
  func `a pool that is not loaded says so, and never misses`() throws {
    let site = try FeedSite(rows: 20_000)
    let daemon = try site.daemon(feed: "{load_rows_per_second: 10000, chunk_rows: 500}".flow)
    let client = try daemon.connect()
    var refusals = 0
    try eventually("user:19999 is there") {
      let answer = try client.ask("get user:19999")
      if answer.hasPrefix("VALUE user:19999 ") { return true }
      #expect(matches(answer, "SERVER_ERROR pool users loading <n>%\r\n"), "\(answer)")
      refusals += 1
      return false
    }
    #expect(refusals > 0)
    try client.say("get user:30000", "END")
  }

  @Test
  func `one error answers a line of several keys`() throws {
    let site = try FeedSite(rows: 20_000)
    let daemon = try site.daemon(feed: "{load_rows_per_second: 5000, chunk_rows: 500}".flow)
    let client = try daemon.connect()
    try client.say("set other 0 0 1\nx", "STORED")
    try client.say(
      "get user:1 other user:2\nget other", "SERVER_ERROR pool users loading <n>%\nVALUE other 0 1\nx\nEND")
  }

  @Test
  func `clients do not change what a feed writes into a deterministic pool`() throws {
    let site = try FeedSite()
    let daemon = try site.daemon()
    try daemon.awaitFeed()
    let client = try daemon.connect()
    for request in [
      "set user:5 0 0 1\nx", "add user:5 0 0 1\nx", "append user:5 0 0 1\nx", "delete user:5",
      "incr user:5 1",
      "touch user:5 10", "ms user:5 1\nx", "md user:5", "set user:99999 0 0 1\nx",
    ] {
      try client.say(request, "SERVER_ERROR key is fed by site")
    }
    try client.send("set user:5 0 0 1 noreply\r\nx\r\n")
    try client.say("flush_all", "OK")
    #expect(try client.ask("get user:5").hasPrefix("VALUE user:5 0 "))
    // In a cache pool they may: it holds what somebody put there last.
    try client.say("set member:5 0 0 1\nx", "STORED")
  }

  @Test
  func `a crash of the database is ridden out`() throws {
    let site = try FeedSite(["--innodb-flush-log-at-trx-commit=1", "--sync-binlog=1"])
    let daemon = try site.daemon()
    try daemon.awaitFeed()
    let client = try daemon.connect()
    for round in 1...2 {
      site.database.kill()
      #expect(try client.ask("get user:5").hasPrefix("VALUE user:5 0 "))
      try site.database.start()
      try site.database.run("UPDATE site.notes SET text = 'round \(round)' WHERE name = 'k1' AND page = 1")
      try eventually("the change arrives") {
        try client.ask("get note:k1:1").hasSuffix("round \(round)\r\nEND\r\n")
      }
    }
    #expect(try daemon.feed("differences") == "0")
  }

  @Test
  func `where the log was purged, everything is read again and what vanished goes`() throws {
    let site = try FeedSite()
    let daemon = try site.daemon()
    try daemon.awaitFeed()
    let client = try daemon.connect()
    site.database.kill()
    try site.database.start()
    // The daemon pauses between attempts: the log that it needs is gone before the next, or it has followed already.
    try site.database.run(
      """
      DELETE FROM site.users WHERE id = 5; UPDATE site.users SET name = 'new' WHERE id = 6;
      FLUSH BINARY LOGS; FLUSH BINARY LOGS; PURGE BINARY LOGS BEFORE NOW() + INTERVAL 1 DAY;
      """)
    try eventually("the deleted row's entry goes") { try client.ask("get user:5") == "END\r\n" }
    try eventually("the changed one changes") { try client.ask("get user:6").contains(#""name":"new""#) }
  }

  @Test
  func `tables come, change their shape, are emptied and go`() throws {
    let site = try FeedSite()
    let daemon = try site.daemon()
    try daemon.awaitFeed()
    let client = try daemon.connect()
    try site.database.run("ALTER TABLE site.users ADD COLUMN note VARCHAR(10) NOT NULL DEFAULT 'hi' AFTER id")
    try eventually("the new column is there") {
      try client.ask("get user:7").contains(#""id":7,"note":"hi","team""#)
    }
    try site.database.run("TRUNCATE site.notes")
    try eventually("nothing is left") { try client.ask("get note:k1:1") == "END\r\n" }
    try site.database.run("RENAME TABLE site.members TO site.gone")
    try eventually("its entries go") { try client.ask("get member:1") == "END\r\n" }
    try site.database.run("RENAME TABLE site.gone TO site.members")
    try eventually("and come back") { try client.ask("get member:1").hasPrefix("VALUE") }
  }

  @Test
  func `a deterministic pool that is too small says how much it needs`() throws {
    let site = try FeedSite(rows: 200_000)
    let daemon = try site.daemon(userPool: "kind: deterministic, memory: 8m")
    try eventually("the trouble is told", seconds: 60) {
      daemon.errors.contains("pool users is too small for site.users: it needs about ")
    }
    try daemon.connect().say("get user:1", "SERVER_ERROR pool users failed")
  }
}

extension String {
  /// The members of a flow mapping, a line each, indented like a feed's.
  fileprivate var flow: String {
    dropFirst().dropLast().split(separator: ",").map { $0.trimmingPrefix(" ") }.joined(separator: "\n    ")
  }
}
