import TestDatabase
import Testing

/// What the person on call does with feeds.
@Suite("feed tools")
struct FeedToolTests {
  private func hearthctl(_ daemon: Daemon, _ arguments: String...) throws -> Program {
    let port = try #require(daemon.listeners.first { $0.kind == "ADMIN INET" }).port
    return try Program([Binaries.hearthctl] + arguments + ["--address", "\(port)"])
  }

  @Test
  func `hearthctl feeds shows what is followed`() throws {
    let site = try FeedSite(rows: 300)
    let daemon = try site.daemon(flags: ["--admin", "0"])
    try daemon.awaitFeed()
    try eventually("the lag is known") { try daemon.feed("lag_bytes") == "0" }
    let shown = try hearthctl(daemon, "feeds")
    #expect(shown.status == 0, "\(shown.errors)")
    let lines = shown.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.first?.joined(separator: " ") == "feed site: following")
    #expect(shown.output.contains("behind by nothing"))
    #expect(lines.contains(["site.users", "loaded", "300"]), "\(shown.output)")
    #expect(try daemon.feed("lag_transactions") == "0")
    #expect(
      try hearthctl(daemon, "feeds", "--json").output.hasPrefix(
        #"{"feeds":[{"name":"site","phase":"following""#))
  }

  @Test
  func `hearthctl feed verify finds and repairs what is wrong`() throws {
    let site = try FeedSite(rows: 300)
    let daemon = try site.daemon(flags: ["--admin", "0"])
    try daemon.awaitFeed()
    let client = try daemon.connect()
    let right = try client.ask("get member:5")
    try client.say("set member:5 0 0 5\nwrong", "STORED")
    try client.say("delete member:6", "DELETED")
    try client.say("set member:77777 0 0 1\nx", "STORED")
    let found = try hearthctl(daemon, "feed", "verify", "site.members")
    #expect(found.status == 1)
    #expect(
      found.output
        == "site.members: 300 rows, 2 entries were missing or wrong, 1 had no row; all are repaired\n",
      "\(found.errors)")
    #expect(try client.ask("get member:5") == right)
    try client.say("get member:77777", "END")
    let again = try hearthctl(daemon, "feed", "verify", "site.members")
    #expect(again.status == 0 && again.output == "site.members: 300 rows, no difference\n", "\(again.errors)")
    #expect(try daemon.feed("differences") == "3")
    let strange = try hearthctl(daemon, "feed", "verify", "site.nothing")
    #expect(strange.status == 1 && strange.errors.contains("no feed follows a table site.nothing"))
  }

  @Test
  func `hearthctl feed preview shows keys and values of some rows`() throws {
    let site = try FeedSite(rows: 300)
    try site.database.run("UPDATE site.users SET active = 0 WHERE id = 2")
    let daemon = try site.daemon(flags: ["--admin", "0"])
    try daemon.awaitFeed()
    let users = try hearthctl(daemon, "feed", "preview", "site.users", "--rows", "2")
    #expect(users.status == 0, "\(users.errors)")
    let value = try daemon.connect().ask("get user:1").split(separator: "\r\n")[1]
    #expect(
      users.output == "user:1 (\(value.utf8.count) bytes)\n  \(value)\n2 rows, 1 left out by where\n",
      "\(users.output)")
    #expect(
      try hearthctl(daemon, "feed", "preview", "site.members", "--rows", "1").output.contains(
        "requery team:1\n"))
    #expect(try hearthctl(daemon, "feed", "preview", "site.users", "--rows", "0").status == 2)
  }

  @Test
  func `a check compares the mapping with the tables as they are`() throws {
    let site = try FeedSite(rows: 10)
    let folder = try TemporaryFolder()
    func check(_ file: String) throws -> Program {
      try Program([Binaries.hearthd, "--config", file, "--check"])
    }
    let right = try check(try site.write(folder))
    #expect(right.status == 0 && right.output.contains("configuration is valid"), "\(right.errors)")
    try site.database.run(
      "ALTER TABLE site.users DROP COLUMN active; DROP TABLE site.notes; ALTER TABLE site.members DROP COLUMN name"
    )
    let wrong = try check(try site.write(folder))
    #expect(wrong.status == 2)
    #expect(wrong.errors.contains("hearthd: feed site: table site.notes does not exist"), "\(wrong.errors)")
    #expect(wrong.errors.contains("active"), "\(wrong.errors)")
    #expect(wrong.errors.contains("requery team:{team}"), "\(wrong.errors)")
    site.database.kill()
    let away = try check(try site.write(folder))
    #expect(away.status == 0)
    #expect(away.errors.contains("hearthd: feed site: its tables are not checked"), "\(away.errors)")
  }

  @Test
  func `a check refuses what cannot work and notes what may surprise`() throws {
    let site = try FeedSite(rows: 10)
    let folder = try TemporaryFolder()
    func check(_ feed: String, _ sources: String? = nil) throws -> Program {
      try Program([
        Binaries.hearthd, "--config", try site.write(folder, feed: feed, sources: sources), "--check",
      ])
    }
    let absent = try check("checkpoint: /nowhere/feed.checkpoint")
    #expect(absent.status == 0 && absent.errors.contains("checkpoint: /nowhere: No such"), "\(absent.errors)")
    let secret = try folder.write("password", "wr0ng\n")
    let source = "socket: \(site.database.socket), user: no"
    let refused = try check("sweep: 1h", "{\(source), password_file: \(secret)}")
    #expect(refused.status == 2 && refused.errors.contains("Access denied"), "\(refused.errors)")
    let missing = try check("sweep: 1h", "{\(source), password_file: /nowhere/p}")
    #expect(missing.status == 2 && missing.errors.contains("cannot read /nowhere/p"), "\(missing.errors)")
    try site.database.run("ALTER TABLE site.notes DROP PRIMARY KEY")
    let doubtful = try check("sweep: 1h")
    #expect(doubtful.status == 0)
    #expect(
      doubtful.errors.contains("several rows can have the key note:{name}:{page}"), "\(doubtful.errors)")
    #expect(!doubtful.errors.contains("user:{id}"), "\(doubtful.errors)")
  }

  @Test
  func `the first row without a valid key is named`() throws {
    let site = try FeedSite(rows: 10)
    try site.database.run("INSERT INTO site.notes VALUES ('a b', 1, 'x'), ('c d', 2, 'y')")
    let daemon = try site.daemon()
    try daemon.awaitFeed()
    let line = "the row name=a b, page=1 has no entry note:{name}:{page}: the key would have a blank"
    try eventually("it is named") { daemon.errors.contains(line) }
    #expect(!daemon.errors.contains("name=c d"))
    #expect(try daemon.feed("skipped") == "2")
    try site.database.run("INSERT INTO site.notes VALUES ('e f', 1, 'x')")
    try eventually("it is counted") { try daemon.feed("skipped") == "3" }
    #expect(!daemon.errors.contains("name=e f"))
  }

  @Test
  func `the demonstration shows a row, a fragment and a list changing`() throws {
    let folder = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let programs = Binaries.hearthd.split(separator: "/").dropLast().joined(separator: "/")
    let demo = try Program(
      [folder + "/Deploy/demo", "--once"], environment: ["HEARTH_BIN": "/" + programs], seconds: 60)
    #expect(demo.status == 0, "\(demo.errors)")
    for line in [
      #"  {"id":1,"name":"Ada","town":"London","active":1}"#,
      #"  {"id":1,"name":"Ada","town":"Paris <3","active":1}"#,
      #"  <div class="card"><b>Ada</b> from Paris &lt;3</div>"#, "  SERVER_ERROR key is fed by site",
      "  photos.users: 3 rows, no difference",
    ] {
      #expect(demo.output.contains(line + "\n"), "\(demo.output)")
    }
  }
}
