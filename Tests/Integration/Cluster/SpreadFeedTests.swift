import Glibc
import TestDatabase
import Testing

/// Feeds of pools whose copies are on several nodes: one node runs them, all primaries store what they say.
@Suite("a feed fills copies on several nodes", .serialized)
struct SpreadFeedTests {
  private static let shapes = ["[[a, b], [c, d]]", "[[a, b], [c]]"]

  private static func nodes(_ copies: String) -> [[Int]] {
    copies.split(separator: "]").map { copy in
      copy.filter(\.isLetter).map { Int($0.asciiValue ?? 97) - 97 }
    }.filter { !$0.isEmpty }
  }

  private func hearthctl(_ cluster: TestCluster, _ node: Int, _ arguments: String...) throws -> Program {
    let place = cluster.folder.file("\(cluster.names[node]).sock")
    return try Program([Binaries.hearthctl] + arguments + ["--address", place])
  }

  @Test(arguments: shapes)
  func `loads, changes and repairs reach every node`(copies: String) throws {
    let site = try FeedSite()
    try site.database.run(
      """
      USE site;
      CREATE TABLE docs (id INT PRIMARY KEY, text LONGTEXT);
      INSERT INTO docs SELECT seq, REPEAT(CHAR(64 + seq), 200000 * seq) FROM seq_1_to_4;
      """)
    let cluster = try TestCluster(
      site, copies: copies,
      tables: "      - table: site.docs\n        key: \"doc:{id}\"\n        value: {column: text}")
    let runner = try cluster.awaitFeed()
    for node in cluster.running {
      let client = try cluster.nodes[node].connect()
      try client.say("get user:99999", "END")
      for id in [1, 5, 77, 1500, 3000] {
        #expect(try client.ask("get user:\(id)").contains("user \(id)\""))
        #expect(try client.ask("get member:\(id)").contains("user \(id)\""))
      }
      try client.say("set user:5 0 0 1\nx", "SERVER_ERROR key is fed by site")
      for id in 1...4 { #expect(try client.ask("get doc:\(id)").utf8.count > 200_000 * id) }
      #expect(try cluster.nodes[node].feed("phase") == (node == runner ? "following" : "elsewhere"))
    }
    try cluster.expectSame(Self.nodes(copies))
    try site.database.run(
      """
      USE site;
      UPDATE users SET name = 'another' WHERE id BETWEEN 1 AND 40;
      DELETE FROM users WHERE id BETWEEN 41 AND 80;
      INSERT INTO users SELECT id + 10000, team, 'new', money, score, raw, 1 FROM users WHERE id BETWEEN 81 AND 120;
      UPDATE docs SET text = REPEAT('z', 300000) WHERE id = 2;
      UPDATE members SET name = 'm' WHERE id = 51;
      """)
    for node in cluster.running {
      let client = try cluster.nodes[node].connect()
      try eventually("the list is there") { try client.ask("get team:1").contains("\"m\"") }
      for id in 1...40 { #expect(try client.ask("get user:\(id)").contains("another")) }
      for id in 41...80 { try client.say("get user:\(id)", "END") }
      for id in 81...120 { #expect(try client.ask("get user:\(id + 10000)").contains("new")) }
      #expect(try client.ask("get doc:2").utf8.count < 310_000)
    }
    // What clients have done to keys of the pool that evicts.
    let client = try cluster.nodes[0].connect()
    for id in 100..<120 { try client.say("set member:\(id) 0 0 5\nwrong", "STORED") }
    for id in 120..<130 { try client.say("delete member:\(id)", "DELETED") }
    for id in 0..<15 { try client.say("set member:9999\(id) 0 0 1\nx", "STORED") }
    let found = try hearthctl(cluster, runner, "feed", "verify", "site.members")
    #expect(
      found.output
        == "site.members: 3000 rows, 30 entries were missing or wrong, 15 had no row; all are repaired\n",
      "\(found.errors)\(cluster.logs)")
    let again = try hearthctl(cluster, runner, "feed", "verify", "site.members")
    #expect(again.output == "site.members: 3000 rows, no difference\n", "\(again.errors)")
    try client.say("set doc:3 0 0 5\nwrong", "STORED")
    let documents = try hearthctl(cluster, runner, "feed", "verify", "site.docs")
    #expect(documents.output.contains("4 rows, 1 entries were missing or wrong"), "\(documents.output)")
    try site.database.run("TRUNCATE site.members")
    try eventually("what was truncated is gone") {
      try (1...200).allSatisfy { try client.ask("get member:\($0)") == "END\r\n" }
    }
    try cluster.expectSame(Self.nodes(copies))
  }

  @Test(arguments: shapes)
  func `a bump makes groups void everywhere, behind what the transaction stores`(copies: String) throws {
    let site = try FeedSite(rows: 100)
    let cluster = try TestCluster(
      site, copies: copies,
      tables: "        bump: [\"page:{team}\"]", pool: "generations: true")
    try cluster.awaitFeed()
    let clients = try cluster.running.map { try cluster.nodes[$0].connect() }
    for round in 1...5 {
      for i in 0..<20 { try clients[0].say("set page:1:\(i) 0 0 1\nx", "STORED") }
      try clients[0].say("set page:2:1 0 0 1\nx", "STORED")
      try site.database.run("UPDATE site.members SET name = 'bump \(round)' WHERE id = 51")
      for client in clients {
        try eventually("the group is void") {
          try (0..<20).allSatisfy { try client.ask("get page:1:\($0)") == "END\r\n" }
        }
        #expect(try client.ask("get member:51").contains("bump \(round)"))
        #expect(try client.ask("get page:2:1").hasPrefix("VALUE "))
      }
    }
  }

  @Test(arguments: shapes)
  func `after any changes and losses the caches are what the tables say`(copies: String) throws {
    let site = try FeedSite()
    let cluster = try TestCluster(site, copies: copies)
    let runner = try cluster.awaitFeed()
    // The one that is asked at the end stays.
    let other = runner == 1 ? 0 : 1
    let witness = 2
    try cluster.changeAtRandom(site, at: witness, seed: 7, seconds: 12) {
      sleep(1)
      try cluster.kill(runner)
      sleep(2)
      try cluster.restart(runner)
      try cluster.awaitReady()
      try cluster.kill(other)
      sleep(2)
      try cluster.restart(other)
      try cluster.awaitReady()
      let next = try cluster.runner()
      if next != witness {
        cluster.nodes[next].process.signal(SIGTERM)
        _ = try cluster.nodes[next].process.wait()
        sleep(1)
        try cluster.restart(next)
        try cluster.awaitReady()
      }
    }
    try cluster.expectSame(Self.nodes(copies))
    for index in cluster.nodes.indices {
      #expect(!cluster.nodes[index].errors.contains("loading the tables again"), "\(cluster.logs)")
    }
  }

  @Test func `a node that hangs is waited for, and nothing is lost`() throws {
    let site = try FeedSite()
    let cluster = try TestCluster(site, copies: "[[a, b], [c, d]]")
    let runner = try cluster.awaitFeed()
    let other = runner == 1 ? 0 : 1
    let witness = try cluster.nodes[2].connect()
    cluster.nodes[other].process.signal(SIGSTOP)
    for id in 1...200 { try site.database.run("UPDATE site.users SET name = 'late' WHERE id = \(id)") }
    try eventually("all is there") {
      try (1...200).allSatisfy { try witness.ask("get user:\($0)").contains("late") }
    }
    cluster.nodes[other].process.signal(SIGCONT)
    try cluster.awaitReady()
    try cluster.expectSame([[0, 1], [2, 3]])
  }

  @Test(arguments: [true, false])
  func `a load that loses a node goes on or begins anew, and nothing misses meanwhile`(losesRunner: Bool)
    throws
  {
    let site = try FeedSite(rows: 20_000)
    let cluster = try TestCluster(site, copies: "[[a, b], [c, d]]", rows: 10_000, chunk: 500)
    let runner = try cluster.runner()
    let lost = losesRunner ? runner : runner == 1 ? 0 : 1
    try eventually("some of it is loaded") {
      try Int(cluster.nodes[runner].feed("stored") ?? "") ?? 0 > 5000
    }
    let client = try cluster.nodes[2].connect()
    #expect(matches(try client.ask("get user:1"), "SERVER_ERROR pool users loading <n>%\r\n"))
    try cluster.kill(lost)
    var refusals = 0
    try eventually("it is loaded", seconds: 30) {
      for id in stride(from: 1, through: 20_000, by: 1000) {
        let answer = try client.ask("get user:\(id)")
        if answer.hasPrefix("VALUE ") { continue }
        #expect(answer.hasPrefix("SERVER_ERROR "), "\(answer)")
        refusals += 1
        return false
      }
      return true
    }
    #expect(refusals > 0)
    try cluster.restart(lost)
    try cluster.awaitReady()
    try cluster.awaitFeed()
    for id in 1...20_000 where id % 37 == 0 {
      let answer = try client.ask("get user:\(id)")
      #expect(answer.hasPrefix("VALUE "), "\(answer)")
    }
    try cluster.expectSame([[0, 1], [2, 3]])
  }

  @Test func `keys that all their nodes have lost are loaded anew before any miss`() throws {
    let site = try FeedSite()
    let cluster = try TestCluster(site, copies: "[[a, b], [c]]")
    try cluster.awaitFeed()
    try cluster.kill(2)
    try cluster.awaitReady([0, 1])
    // The view goes on to count on it, because nobody else has its keys.
    try cluster.kill(1)
    try cluster.restart(1)
    let clients = try [0, 1].map { try cluster.nodes[$0].connect() }
    try cluster.order("bootstrap", at: 1)
    try eventually("everything is there again", seconds: 30) {
      for client in clients {
        for id in 1...100 {
          let answer = try client.ask("get user:\(id)")
          #expect(!answer.hasPrefix("END"), "\(id) is missed")
          if !answer.hasPrefix("VALUE ") { return false }
        }
      }
      return true
    }
    try cluster.restart(2)
    try cluster.awaitReady()
    try cluster.expectSame([[0, 1], [2]])
  }

  @Test func `a node without room for its keys makes the load fail, and there is no false miss`() throws {
    let site = try FeedSite(rows: 150_000)
    let cluster = try TestCluster(site, copies: "[[a, b], [c, d]]", starts: false)
    let pools = TestCluster.fedPools("[[a, b], [c, d]]", memory: "8m")
    try cluster.write(pools: pools, for: [1])
    try cluster.bootstrap([0, 1])
    let client = try cluster.nodes[2].connect()
    try eventually("the load fails", seconds: 30) {
      let answer = try client.ask("get user:1")
      #expect(!answer.hasPrefix("END"), "\(answer)")
      return answer == "SERVER_ERROR pool users failed\r\n"
    }
    let runner = try cluster.runner()
    #expect(try cluster.nodes[runner].feed("last_error")?.contains("too small") == true)
  }

  @Test func `another map is filled on`() throws {
    let site = try FeedSite()
    let cluster = try TestCluster(site, copies: "[[a, b], [c, d]]")
    try cluster.awaitFeed()
    try cluster.changeAtRandom(site, at: 3, seed: 11, seconds: 8) {
      for copies in ["[[a], [c, d]]", "[[a], [d]]", "[[a, b], [d, c]]"] {
        try cluster.write(pools: TestCluster.fedPools(copies))
        for node in cluster.nodes { node.process.signal(SIGHUP) }
        sleep(1)
        try cluster.rebalance(at: 0)
        try eventually("the map has changed", seconds: 30) {
          let answer = try cluster.http("GET", "/v1/cluster", "", at: 0)
          return answer.contains(#""map_change":"none""#) && answer.contains(#""file_current":true"#)
        }
      }
    }
    try cluster.expectSame([[0, 1], [2, 3]])
    for node in cluster.nodes {
      #expect(!node.errors.contains("loading the tables again"), "\(cluster.logs)")
    }
  }
}
