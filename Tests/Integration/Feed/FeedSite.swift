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

  /// A daemon that follows it.
  func daemon(
    feed: String = "load_rows_per_second: 0", userPool: String = "kind: deterministic, memory: 64m",
    lists: Bool = true, flags: [String] = []
  ) throws -> Daemon {
    let folder = try TemporaryFolder()
    let list = [
      "        requery:", "          - key: \"team:{team}\"",
      "            sql: \"select id, name from members where team = :team order by id\"",
      "            value: list",
    ]
    let file = try folder.write(
      "feed.yaml",
      """
      memory: 256m
      pools:
        - {name: users, prefix: "user:", \(userPool)}
      feeds:
        - name: site
          pool: default
          sources: [{socket: \(database.socket), user: root}]
          \(feed)
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
      \(lists ? list.joined(separator: "\n") : "")
      """)
    return try Daemon(["--config", file] + flags, folder: folder)
  }
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
