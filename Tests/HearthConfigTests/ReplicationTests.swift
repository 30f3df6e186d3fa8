import Testing

@testable import HearthConfig

/// What the file says of pools with several copies.
@Suite struct ReplicationTests {
  private static func nodes(_ count: Int) -> String {
    let list = (0..<count).map { "{name: n\($0), address: 127.0.0.\($0 + 1)}" }.joined(separator: ", ")
    return "nodes: [\(list)]"
  }

  private static func file(_ count: Int = 3, cluster: String = "", pool: String) -> String {
    "cluster: {node: n0, \(nodes(count))\(cluster)}\npools: [{name: default, \(pool)}]"
  }

  private static func copies(_ count: Int) -> String {
    "copies: [\((0..<count).map { "[n\($0)]" }.joined(separator: ", "))]"
  }

  @Test func `without a word every ready copy has what is acknowledged`() throws {
    let configuration = try read(Self.file(pool: "copies: [[n0], [n1, n2]]"))
    #expect(configuration.pools[0].copies == [[0], [1, 2]])
    let replication = configuration.pools[0].replication
    #expect(replication.mode == .all && replication.minimumReady == 1)
    let cluster = try #require(configuration.cluster)
    #expect(cluster.degradeAfter == 1000 && cluster.resyncRate == 0 && cluster.journal == 64 << 20)
    #expect(cluster.nodes.allSatisfy { $0.zone.isEmpty })
  }

  @Test func `all keys`() throws {
    let file = """
      cluster:
        node: b
        degrade_after: 2500ms
        resync_rate: 50m
        journal: 8m
        nodes:
          - {name: a, address: 127.0.0.1, zone: east}
          - {name: b, address: 127.0.0.2, zone: west}
      pools:
        - {name: default, copies: [[b], [a]], replication: async, lag_time: 250ms, min_ready: 2}
        - {name: sessions, prefix: "s:", memory: 8m, copies: [[a], [b]], replication: all}
      """
    let configuration = try read(file)
    let cluster = try #require(configuration.cluster)
    #expect(cluster.degradeAfter == 2500 && cluster.resyncRate == 50 << 20 && cluster.journal == 8 << 20)
    #expect(cluster.nodes.map(\.zone) == ["east", "west"])
    var wanted = ReplicationConfiguration()
    wanted.mode = .async
    wanted.lagTime = 250
    wanted.minimumReady = 2
    #expect(configuration.pools[0].replication == wanted && configuration.pools[0].copies == [[1], [0]])
    #expect(configuration.pools[1].replication == ReplicationConfiguration())
  }

  @Test(arguments: ["[[n0, n1]]", "[[n0, n1], [n2]]", "[[n0], [n1]]"])
  func `pools with generations have the same copies, and no feed of one node's own pool bumps there`(
    copies: String
  ) throws {
    let pool = "generations: true, copies: \(copies)"
    #expect(try read(Self.file(pool: pool)).pools[0].keepsGenerations)
    let other = "{name: s, prefix: \"s:\", memory: 8m, generations: true, copies: [[n1], [n0]]}"
    #expect(
      refusal(file: "cluster: {node: n0, \(Self.nodes(3))}\npools: [{name: default, \(pool)}, \(other)]")?
        .contains("keep generations, on different nodes") == true)
    let own = "{name: own, prefix: \"o:\", memory: 8m}"
    let feed =
      "{name: f, sources: [{host: localhost, user: u}], tables: [{table: d.t, pool: own, key: \"o:{id}\", bump: [\"u:{id}\"]}]}"
    #expect(
      refusal(
        file:
          "cluster: {node: n0, \(Self.nodes(3))}\npools: [{name: default, \(pool)}, \(own)]\nfeeds: [\(feed)]"
      )?
      .contains("it makes groups void in pool default, which is kept by other nodes than pool own") == true)
  }

  private static func feeding(_ feed: String, copies: String) -> String {
    "cluster: {node: n0, \(Self.nodes(4))}\npools: [{name: default, copies: \(copies)}, {name: s, prefix: \"s:\", memory: 8m, "
      + "copies: \(copies)}, {name: t, prefix: \"t:\", memory: 8m, copies: [[n1], [n0]]}]\nfeeds: [\(feed)]"
  }

  private static let database =
    "name: f, sources: [{host: localhost, user: u}], tables: [{table: d.t, pool: s, key: \"s:{id}\"}"
  private static let files = "name: f, kind: files, path: /srv, key: \"s:{path}\", pool: s"

  @Test(arguments: ["[[n0], [n1]]", "[[n0, n1], [n2]]", "[[n0, n1], [n2, n3]]"], [database + "]", files])
  func `feeds fill pools whose copies are on any number of nodes`(copies: String, feed: String) throws {
    let configuration = try read(Self.feeding("{\(feed)}", copies: copies))
    #expect(configuration.feeds[0].pools == ["s"])
  }

  @Test(arguments: [
    (database + "]", "[[n0, n1]]", "it fills pool s, which has one copy only"),
    (files, "[[n0, n1]]", "it fills pool s, which has one copy only"),
    (
      database + ", {table: d.u, pool: t, key: \"t:{id}\"}]", "[[n0, n1], [n2]]",
      "it fills pools s and t, which are kept by different nodes"
    ),
    (
      database + "], checkpoint: /tmp/c", "[[n0, n1], [n2]]", "its nodes know by themselves where the feed is"
    ),
  ])
  func `what a feed cannot fill is said in one line`(feed: String, copies: String, problem: String) {
    let line = refusal(file: Self.feeding("{\(feed)}", copies: copies)) ?? "nothing is wrong"
    #expect(line.contains(problem) && !line.contains("\n"), "\(line)")
  }

  @Test func `a pool has up to eight copies`() throws {
    #expect(try read(Self.file(9, pool: Self.copies(8))).pools[0].copies.count == 8)
    #expect(refusal(file: Self.file(9, pool: Self.copies(9)))?.contains("there are 9 copies") == true)
  }

  @Test(arguments: [
    ("copies: [[n0], [n1]], min_ready: 3", "3 is more than the pool has copies, 2"),
    ("copies: [[n0], [n1]], min_ready: 0", "out of range"),
    ("copies: [[n0], [n1]], lag_time: 1s", "only replication: async has a lag"),
    ("copies: [[n0], [n1]], replication: async, lag_time: 5ms", "out of range"),
    ("copies: [[n0], [n1]], replication: some", "all"),
    ("copies: [[n0, n1]], replication: all", "the pool has no second copy"),
    ("copies: [[n0, n1]], min_ready: 1", "the pool has no second copy"),
    ("replication: async", "the pool has no second copy"),
    ("copies: [[n0], [n0]]", "is named twice"),
  ])
  func `what is wrong with a pool is said in one line`(pool: String, problem: String) {
    let line = refusal(file: Self.file(pool: pool)) ?? "nothing is wrong"
    #expect(line.contains(problem) && !line.contains("\n"), "\(line)")
  }

  @Test(arguments: ["degrade_after: 200ms", "degrade_after: 2m", "resync_rate: 100", "journal: 100k"])
  func `figures of the cluster have bounds`(_ setting: String) {
    let line = refusal(file: Self.file(cluster: ", \(setting)", pool: Self.copies(2))) ?? "nothing is wrong"
    #expect(line.contains("out of range") && !line.contains("\n"), "\(line)")
  }
}
