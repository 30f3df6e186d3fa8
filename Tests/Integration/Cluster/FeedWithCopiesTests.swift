import Glibc
import Synchronization
import TestDatabase
import Testing

/// Feeds of pools with copies: one node runs them, and another goes on when that is lost.
@Suite("a feed fills pools with copies", .serialized)
struct FeedWithCopiesTests {
  private func cluster(_ site: FeedSite, rows: Int = 0, chunk: Int = 1000) throws -> TestCluster {
    try TestCluster(site, copies: "[[a], [b]]", rows: rows, chunk: chunk)
  }

  private func expectSame(_ cluster: TestCluster) throws {
    try eventually("the nodes hold the same") { try cluster.differences(0, 1).isEmpty }
  }

  @Test func `one node runs it, and both answer`() throws {
    let site = try FeedSite()
    let cluster = try cluster(site)
    try cluster.nodes[0].awaitFeed()
    #expect(try cluster.nodes[1].feed("phase") == "elsewhere")
    let b = try cluster.nodes[1].connect()
    try b.say("get user:99999", "END")
    #expect(try b.ask("get user:5").contains("user 5"))
    try site.database.run(
      "UPDATE site.users SET name = 'another' WHERE id = 5; DELETE FROM site.users WHERE id = 6")
    try eventually("the change is seen at the other node") {
      try b.ask("get user:5").contains("another") && b.ask("get user:6") == "END\r\n"
    }
    try b.say("set user:5 0 0 1\nx", "SERVER_ERROR key is fed by site")
    try b.say("set free 0 0 1\nx", "STORED")
    try expectSame(cluster)
  }

  @Test func `when its node is lost, the other goes on where it was`() throws {
    let site = try FeedSite()
    let cluster = try cluster(site)
    try cluster.nodes[0].awaitFeed()
    try site.database.run("UPDATE site.users SET name = 'before' WHERE id = 1")
    let b = try cluster.nodes[1].connect()
    try eventually("the change is there") { try b.ask("get user:1").contains("before") }
    try cluster.kill(0)
    try site.database.run(
      "UPDATE site.users SET name = 'meanwhile' WHERE id = 1; UPDATE site.members SET name = 'm' WHERE id = 51"
    )
    // Never a miss, and never an error but for the moment in which nobody may answer.
    try eventually("the change is there") {
      let answer = try b.ask("get user:1")
      #expect(answer.contains("before") || answer.contains("meanwhile"), "\(answer)")
      return answer.contains("meanwhile")
    }
    try eventually("the list is there") { try b.ask("get team:1").contains("\"m\"") }
    try cluster.nodes[1].awaitFeed()
    #expect(!cluster.nodes[1].errors.contains("is loaded"), "\(cluster.nodes[1].errors)")
    // It comes back, and is the primary again: the feed moves without a load.
    try cluster.restart(0)
    try cluster.awaitReady()
    try eventually("the feed has moved") { try cluster.nodes[1].feed("phase") == "elsewhere" }
    try cluster.nodes[0].awaitFeed()
    let a = try cluster.nodes[0].connect()
    #expect(try a.ask("get user:1").contains("meanwhile"))
    try expectSame(cluster)
    // A node that is stopped hands over.
    cluster.nodes[0].process.signal(SIGTERM)
    #expect(!cluster.nodes[0].errors.contains("is loaded"), "\(cluster.nodes[0].errors)")
    _ = try cluster.nodes[0].process.wait()
    try site.database.run("UPDATE site.users SET name = 'at last' WHERE id = 1")
    try eventually("the change is there") { try b.ask("get user:1").contains("at last") }
    #expect(!cluster.nodes[1].errors.contains("is loaded"), "\(cluster.nodes[1].errors)")
  }

  @Test func `a load that is cut off begins anew, and nothing misses meanwhile`() throws {
    let site = try FeedSite(rows: 20_000)
    let cluster = try cluster(site, rows: 10_000, chunk: 500)
    let b = try cluster.nodes[1].connect()
    try eventually("some of it is loaded") { try Int(cluster.nodes[0].feed("stored") ?? "") ?? 0 > 3000 }
    #expect(matches(try b.ask("get user:1"), "SERVER_ERROR pool users loading <n>%\r\n"))
    try cluster.kill(0)
    // What the lost node had read is at the other one, and nobody follows the log.
    try site.database.run("DELETE FROM site.users WHERE id BETWEEN 2 AND 900")
    try cluster.awaitReady([1])
    var refusals = 0
    try eventually("it is loaded", seconds: 30) {
      for id in [1, 10_000, 20_000] {
        let answer = try b.ask("get user:\(id)")
        if answer.hasPrefix("VALUE ") { continue }
        #expect(matches(answer, "SERVER_ERROR pool users loading <n>%\r\n"), "\(answer)")
        refusals += 1
        return false
      }
      return true
    }
    #expect(refusals > 0)
    try cluster.nodes[1].awaitFeed()
    let keys = (2...900).map { "user:\($0)" }
    for start in stride(from: 0, to: keys.count, by: 100) {
      try b.say("get \(keys[start..<min(start + 100, keys.count)].joined(separator: " "))", "END")
    }
  }

  @Test func `after any changes and losses the caches are what the tables say`() throws {
    let site = try FeedSite()
    let cluster = try cluster(site)
    try cluster.nodes[0].awaitFeed()
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let arguments = [
      Binaries.python, "-B", "/\(folder)/Feed/Python/random_changes.py", site.database.socket,
      "\(cluster.ports[1])", "3", "6", "FULL",
    ]
    let trouble = Mutex("")
    try WriteLoad.run([
      { _ in
        let program = Result { try Program(arguments, seconds: 120) }
        switch program {
        case .success(let program) where program.status == 0: break
        case .success(let program): trouble.withLock { $0 = program.output + program.errors }
        case .failure(let error): trouble.withLock { $0 = "\(error)" }
        }
      }
    ]) {
      sleep(1)
      try cluster.kill(0)
      try cluster.awaitReady([1])
      sleep(1)
      try cluster.restart(0)
      try cluster.awaitReady()
      sleep(1)
      cluster.nodes[1].process.signal(SIGTERM)
      _ = try cluster.nodes[1].process.wait()
      try cluster.restart(1)
      try cluster.awaitReady()
    }
    let text = trouble.withLock { $0 }
    #expect(text.isEmpty, "\(text)\n\(cluster.logs)")
    try expectSame(cluster)
  }
}
