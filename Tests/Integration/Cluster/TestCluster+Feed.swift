import Synchronization
import TestDatabase

/// Clusters whose pools a feed fills.
extension TestCluster {
  /// A cluster that follows a site's tables, decided by the etcd of all tests, and bootstrapped.
  /// - Parameters:
  ///   - copies: Of both pools, `[[a, b], [c]]` and the like.
  ///   - rows: Rows that are loaded in a second, 0: as many as can be.
  ///   - chunk: Rows that are read at once, at most.
  ///   - tables: Further ones, in YAML.
  ///   - pools: Further keys of the default pool.
  convenience init(
    _ site: FeedSite, copies: String, rows: Int = 0, chunk: Int = 1000, tables: String = "",
    pool: String = "", starts: Bool = true
  ) throws {
    let shared = try SharedEtcd.claim()
    try self.init(
      copies.count { $0.isLetter }, pools: Self.fedPools(copies, pool),
      settings: [
        "peer_timeout: 2s", "name: \(shared.name)", "etcd: {endpoints: [\"127.0.0.1:\(shared.port)\"]}",
      ], more: Self.feed(site, rows, chunk, tables), starts: false)
    if starts { try bootstrap(Array(0..<copies.prefix { $0 != "]" }.count { $0.isLetter })) }
  }

  static func fedPools(_ copies: String, _ pool: String = "", memory: String = "64m") -> String {
    """
      - {name: default, copies: \(copies)\(pool.isEmpty ? "" : ", " + pool)}
      - {name: users, prefix: "user:", kind: deterministic, memory: \(memory), copies: \(copies)}
    """
  }

  private static func feed(_ site: FeedSite, _ rows: Int, _ chunk: Int, _ tables: String) -> String {
    """
    feeds:
      - name: site
        pool: default
        sources: [\(site.source)]
        load_rows_per_second: \(rows)
        chunk_rows: \(chunk)
        tables:
          - table: site.users
            pool: users
            where: "active = 1"
            key: "user:{id}"
          - table: site.notes
            key: "note:{name}:{page}"
            value: {column: text}
          - table: site.members
            key: "member:{id}"
            requery:
              - key: "team:{team}"
                sql: "select id, name from members where team = :team order by id"
                value: list
    \(tables)
    """
  }

  /// The node that runs the feed, as soon as there is one.
  func runner(_ feed: String = "site") throws -> Int {
    var found: [Int] = []
    try eventually("one node runs the feed") {
      found = try running.filter {
        let phase = try nodes[$0].connect().statistics("feeds")["\(feed):phase"]
        return phase != nil && phase != "elsewhere"
      }
      return found.count == 1
    }
    return found[0]
  }

  /// Waits until all tables are loaded. Returns the node that runs the feed.
  @discardableResult
  func awaitFeed(_ feed: String = "site") throws -> Int {
    var node = 0
    try eventually("the feed follows", seconds: 60) {
      node = try runner(feed)
      return try nodes[node].connect().statistics("feeds")["\(feed):phase"] == "following"
    }
    return node
  }

  /// Waits until the copies hold the same, each key once.
  func expectSame(_ copies: [[Int]], _ why: String = "") throws {
    var trouble: [String] = []
    do {
      try eventually("the copies are the same") {
        let wholes = try copies.map { copy in
          var whole: [String: String] = [:]
          for node in copy {
            whole.merge(try contents(of: node)) { one, other in "\(one) and \(other)" }
          }
          return whole
        }
        trouble = wholes.dropFirst().flatMap { whole in
          Set(whole.keys).union(wholes[0].keys).sorted().filter { whole[$0] != wholes[0][$0] }.map {
            "\($0): \(wholes[0][$0] ?? "missing"), \(whole[$0] ?? "missing")"
          }
        }
        return trouble.isEmpty
      }
    } catch { throw TestFailure("\(why) \(trouble.count) differ: \(trouble.prefix(5))\n\(logs)") }
  }

  /// Changes the site's tables at random for some seconds, while something happens to the cluster, and compares what a node answers with
  /// them at the end.
  func changeAtRandom(_ site: FeedSite, at index: Int, seed: Int, seconds: Int, _ body: () throws -> Void)
    throws
  {
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let arguments = [
      Binaries.python, "-B", "/\(folder)/Feed/Python/random_changes.py", site.database.socket,
      "\(ports[index])", "\(seed)", "\(seconds)", "FULL",
    ]
    let trouble = Mutex("")
    try WriteLoad.run(
      [
        { _ in
          switch Result(catching: { try Program(arguments, seconds: 180) }) {
          case .success(let program) where program.status == 0: break
          case .success(let program): trouble.withLock { $0 = program.output + program.errors }
          case .failure(let error): trouble.withLock { $0 = "\(error)" }
          }
        }
      ], body)
    let text = trouble.withLock { $0 }
    if !text.isEmpty { throw TestFailure("\(text)\n\(logs)") }
  }
}
