import TestDatabase

/// A database with a small site's tables, and daemons that keep them ready.
struct FeedSite {
  let database: PrivateMariaDB

  /// - Parameter options: Further options of the database server.
  init(_ options: [String] = [], rows: Int = 3000) throws {
    database = try PrivateMariaDB(options: options)
    try database.run(
      """
      CREATE DATABASE site; USE site;
      CREATE TABLE users (
        id INT PRIMARY KEY, team INT, name VARCHAR(60), money DECIMAL(12,3), score FLOAT, raw BLOB, active INT);
      INSERT INTO users SELECT seq, seq % 50, CONCAT('user ', seq), seq * 1.5, seq / 7, UNHEX(LPAD(HEX(seq), 8, '0')), 1
        FROM seq_1_to_\(rows);
      CREATE TABLE members LIKE users;
      INSERT INTO members SELECT * FROM users;
      CREATE TABLE notes (name VARCHAR(20) COLLATE utf8mb4_bin, page INT, text TEXT, PRIMARY KEY (name, page));
      INSERT INTO notes SELECT CONCAT('k', seq % 100), seq, REPEAT('v', seq % 30) FROM seq_1_to_2000;
      """)
  }

  /// A daemon that follows it, or other servers with the same tables.
  func daemon(
    feed: String = "load_rows_per_second: 0", userPool: String = "kind: deterministic, memory: 64m",
    lists: Bool = true, sources: String? = nil, flags: [String] = [], environment: [String: String] = [:]
  ) throws -> Daemon {
    let folder = try TemporaryFolder()
    let file = try write(folder, feed: feed, userPool: userPool, lists: lists, sources: sources)
    return try Daemon(["--config", file] + flags, folder: folder, environment: environment)
  }

  /// Its configuration. Returns the file's path.
  func write(
    _ folder: borrowing TemporaryFolder, feed: String = "load_rows_per_second: 0",
    userPool: String = "kind: deterministic, memory: 64m", lists: Bool = true, sources: String? = nil,
    condition: String = "active = 1"
  ) throws -> String {
    let list = [
      "        requery:", "          - key: \"team:{team}\"",
      "            sql: \"select id, name from members where team = :team order by id\"",
      "            value: list",
    ]
    return try folder.write(
      "feed.yaml",
      """
      memory: 256m
      pools:
        - {name: users, prefix: "user:", \(userPool)}
      feeds:
        - name: site
          pool: default
          sources: [\(sources ?? source)]
          \(feed)
          tables:
            - table: site.users
              pool: users
              where: "\(condition)"
              key: "user:{id}"
            - table: site.notes
              key: "note:{name}:{page}"
              value: {column: text}
            - table: site.members
              key: "member:{id}"
      \(lists ? list.joined(separator: "\n") : "")
      """)
  }

  /// Its server, as a feed's `sources` name it.
  var source: String { "{socket: \(database.socket), user: root}" }
}

extension Daemon {
  /// A field of `stats feeds`.
  func feed(_ field: String) throws -> String? {
    try connect().statistics("feeds")["site:\(field)"]
  }

  /// Waits until all tables are loaded.
  func awaitFeed() throws {
    try eventually("the feed follows", seconds: 60) { try feed("phase") == "following" }
  }
}
