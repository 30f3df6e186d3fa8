import Glibc
import TestDatabase
import Testing

/// Where a feed's rows come from: servers that fail, that hold no rows, that want to be talked to in private.
@Suite("feed sources")
struct FeedSourceTests {
  /// A server that other servers can reach.
  private static func options(id: Int, port: UInt16) -> [String] {
    [
      "--server-id=\(id)", "--skip-networking=0", "--bind-address=127.0.0.1", "--port=\(port)",
      "--log-slave-updates",
    ]
  }

  /// A port that nobody has now.
  private func freePort() throws -> UInt16 {
    let daemon = try Daemon(kind: .memcached)
    return daemon.port
  }

  /// A replica of the site's server: from its state now on, with the tables that the statements make; without any, from the beginning.
  private func replica(
    of site: FeedSite, port: UInt16, id: Int, options: [String] = [], tables: String? = nil
  ) throws -> PrivateMariaDB {
    try site.database.run(
      "CREATE USER IF NOT EXISTS r IDENTIFIED BY 'r'; GRANT REPLICATION SLAVE ON *.* TO r")
    let place = tables == nil ? "" : try site.database.rows("SELECT @@gtid_binlog_pos")[0][0] ?? ""
    let replica = try PrivateMariaDB(options: Self.options(id: id, port: try freePort()) + options)
    try replica.run(
      """
      SET sql_log_bin = 0; \(tables ?? "SELECT 1"); SET sql_log_bin = 1; SET GLOBAL gtid_slave_pos = '\(place)';
      CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=\(port), MASTER_USER='r', MASTER_PASSWORD='r',
        MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=1;
      START SLAVE;
      """)
    return replica
  }

  /// Statements that make the site's tables elsewhere.
  private func tables(of site: FeedSite, engine: String) throws -> String {
    let statements = try ["users", "members", "notes"].map { table -> String in
      let text = try site.database.rows("SHOW CREATE TABLE site.\(table)")[0][1] ?? ""
      return text.replacing("\\n", with: " ").replacing("ENGINE=InnoDB", with: "ENGINE=\(engine)")
    }
    return "CREATE DATABASE site; USE site; " + statements.joined(separator: "; ")
  }

  @Test
  func `a source that stores nothing is followed, and its rows are asked elsewhere`() throws {
    let port = try freePort()
    let site = try FeedSite(Self.options(id: 1, port: port))
    let hole = try replica(
      of: site, port: port, id: 2, options: ["--plugin-load-add=ha_blackhole"],
      tables: try tables(of: site, engine: "BLACKHOLE"))
    let daemon = try site.daemon(
      feed: "load_rows_per_second: 0\n    query_from: \(site.source)",
      sources: "{socket: \(hole.socket), user: root}")
    try daemon.awaitFeed()
    let client = try daemon.connect()
    #expect(try client.ask("get user:7").contains(#""name":"user 7""#))
    try site.database.run(
      "UPDATE site.users SET name = 'new' WHERE id = 7; DELETE FROM site.members WHERE team = 3 AND id > 100")
    try eventually("the change arrives") { try client.ask("get user:7").contains(#""name":"new""#) }
    try eventually("the list is asked anew") {
      try client.ask("get team:3")
        == "VALUE team:3 0 53\r\n[{\"id\":3,\"name\":\"user 3\"},{\"id\":53,\"name\":\"user 53\"}]\r\nEND\r\n"
    }
    #expect(try hole.rows("SELECT COUNT(*) FROM site.users") == [["0"]])
    #expect(try daemon.feed("differences") == "0")
  }

  @Test
  func `when the source dies the next one is followed from the same transaction`() throws {
    let port = try freePort()
    let site = try FeedSite(Self.options(id: 1, port: port))
    let replica = try replica(of: site, port: port, id: 2)
    try site.database.run("UPDATE site.users SET name = name; DELETE FROM site.users WHERE id > 100")
    let daemon = try site.daemon(
      lists: false, sources: "\(site.source), {socket: \(replica.socket), user: root}")
    try daemon.awaitFeed()
    let client = try daemon.connect()
    try site.database.run("INSERT INTO site.users VALUES (9001, 1, 'first', 1, 1, '', 1)")
    try eventually("it arrives") { try client.ask("get user:9001").contains("first") }
    try eventually("and at the replica") {
      try replica.rows("SELECT COUNT(*) FROM site.users WHERE id = 9001") == [["1"]]
    }
    let read = try daemon.feed("rows_read")
    site.database.kill()
    try replica.run("STOP SLAVE; INSERT INTO site.users VALUES (9002, 1, 'second', 1, 1, '', 1)")
    try eventually("the replica is followed", seconds: 30) {
      try client.ask("get user:9002").contains("second")
    }
    #expect(try client.ask("get user:9001").contains("first"))
    #expect(try daemon.feed("rows_read") == read)
    #expect(try daemon.feed("server")?.hasPrefix(replica.socket) == true)
  }

  @Test
  func `rows that a foreign key takes along go and change too`() throws {
    let site = try FeedSite(rows: 500)
    try site.database.run(
      """
      USE site;
      CREATE TABLE teams (id INT PRIMARY KEY);
      INSERT INTO teams SELECT seq FROM seq_0_to_49;
      ALTER TABLE members ADD FOREIGN KEY (team) REFERENCES teams (id) ON DELETE CASCADE ON UPDATE CASCADE;
      ALTER TABLE users ADD FOREIGN KEY (team) REFERENCES teams (id) ON DELETE SET NULL ON UPDATE CASCADE;
      """)
    let daemon = try site.daemon(lists: false)
    try daemon.awaitFeed()
    let client = try daemon.connect()
    #expect(try client.ask("get member:53").hasPrefix("VALUE"))
    try site.database.run("DELETE FROM site.teams WHERE id = 3; UPDATE site.teams SET id = 104 WHERE id = 4")
    try eventually("the member is gone") { try client.ask("get member:53") == "END\r\n" }
    try eventually("the user has no team") { try client.ask("get user:53").contains(#""team":null"#) }
    try eventually("the other has the new one") { try client.ask("get user:54").contains(#""team":104"#) }
    // What cannot take rows along does not make anything be read.
    var read = try daemon.feed("rows_read")
    try eventually("the readings have ended") {
      usleep(700_000)
      let before = read
      read = try daemon.feed("rows_read")
      return read == before
    }
    try site.database.run(
      "UPDATE site.users SET name = 'x' WHERE id = 60; DELETE FROM site.notes WHERE page = 1")
    try eventually("it arrives") { try client.ask("get user:60").contains(#""name":"x""#) }
    #expect(try daemon.feed("rows_read") == read)
  }

  @Test
  func `what a session writes as statements arrives too`() throws {
    let site = try FeedSite(rows: 100)
    let daemon = try site.daemon()
    try daemon.awaitFeed()
    try site.database.run(
      "SET SESSION binlog_format = STATEMENT; UPDATE site.users SET name = 'said' WHERE id = 9")
    let client = try daemon.connect()
    try eventually("the change is found") { try client.ask("get user:9").contains(#""name":"said""#) }
  }

  @Test
  func `a password comes from a file or the environment, and is shown nowhere`() throws {
    let site = try FeedSite(rows: 100)
    try site.database.run(
      """
      CREATE USER feed@localhost IDENTIFIED BY 'pa55-word!';
      GRANT SELECT, RELOAD, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO feed@localhost;
      """)
    let folder = try TemporaryFolder()
    let secret = try folder.write("password", "wr0ng-word!\n")
    let source = "{socket: \(site.database.socket), user: feed, password_file: \(secret)}"
    let file = try site.write(folder, sources: source)
    let daemon = try Daemon(["--config", file, "--admin", "0", "-vvv"], folder: folder)
    try eventually("the refusal is told") {
      daemon.errors.contains("Access denied for user 'feed'@'localhost'")
    }
    // No restart is needed to correct it.
    _ = try folder.write("password", "pa55-word!\n")
    try daemon.awaitFeed()
    let client = try daemon.connect()
    let said = try client.ask("stats feeds") + (try client.ask("stats settings")) + daemon.errors
    #expect(!said.contains("55-word") && !said.contains("wr0ng"))
    let named = try site.daemon(
      sources: "{socket: \(site.database.socket), user: feed, password_environment: FEED_SECRET}",
      environment: ["FEED_SECRET": "pa55-word!"])
    try named.awaitFeed()
    #expect(!named.errors.contains("55-word"))
  }

  @Test
  func `the account's missing rights are named with what to do`() throws {
    let site = try FeedSite(rows: 10)
    try site.database.run("CREATE USER weak@localhost; GRANT SELECT ON *.* TO weak@localhost")
    let daemon = try site.daemon(sources: "{socket: \(site.database.socket), user: weak}")
    try eventually("they are named") {
      daemon.errors.contains("the account lacks REPLICATION SLAVE: GRANT REPLICATION SLAVE ON *.* TO it")
        && daemon.errors.contains("GRANT REPLICATION CLIENT ON *.* TO it")
    }
    try daemon.connect().say("get user:1", "SERVER_ERROR pool users loading 0%")
  }

  @Test
  func `a server is believed only with a certificate of the authority`() throws {
    let folder = try TemporaryFolder()
    let script = """
      set -e; cd \(folder.path)
      for ca in ca other; do
        openssl req -x509 -newkey rsa:2048 -nodes -keyout $ca.key -out $ca.pem -days 2 -subj "/CN=$ca" 2>/dev/null
      done
      openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=db 2>/dev/null
      printf 'subjectAltName=IP:127.0.0.1' > san
      openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile san 2>/dev/null
      """
    #expect(try Program(["/bin/sh", "-c", script]).status == 0)
    let port = try freePort()
    let site = try FeedSite(
      Self.options(id: 1, port: port) + [
        "--ssl-cert=\(folder.path)/server.pem", "--ssl-key=\(folder.path)/server.key",
      ], rows: 100)
    try site.database.run(
      """
      CREATE USER feed REQUIRE SSL; GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO feed;
      """)
    func source(_ authority: String) -> String {
      "{host: 127.0.0.1, port: \(port), user: feed, tls: verify, ca: \(folder.path)/\(authority).pem}"
    }
    try site.daemon(sources: source("ca")).awaitFeed()
    let wary = try site.daemon(sources: source("other"))
    try eventually("it is refused") {
      wary.errors.lowercased().contains("certificate") || wary.errors.contains("SSL")
    }
    #expect(try wary.feed("phase") == "connecting")
    let open = try site.daemon(sources: "{host: 127.0.0.1, port: \(port), user: feed, tls: off}")
    try eventually("the server insists") { open.errors.contains("Access denied") }
  }
}
