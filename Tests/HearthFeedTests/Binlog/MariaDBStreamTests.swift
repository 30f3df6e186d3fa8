import TestDatabase
import Testing

@testable import HearthFeed

/// What else than rows a real server's binlog holds.
struct MariaDBStreamTests {
  private func name(_ table: String) -> TableName { TableName(database: "s", table: table) }

  @Test
  func `every transaction of MariaDB has one end, and DDL names its tables`() throws {
    let server = try PrivateMariaDB(options: ["--sql-mode=ANSI_QUOTES"])
    try server.run(
      """
      CREATE DATABASE s; USE s;
      CREATE TABLE t (a INT PRIMARY KEY) ENGINE=InnoDB;
      CREATE TABLE "m y" (a INT) ENGINE=MyISAM;
      INSERT INTO t VALUES (1);
      INSERT INTO "m y" VALUES (1);
      START TRANSACTION; INSERT INTO t VALUES (2); SAVEPOINT x; INSERT INTO t VALUES (3); INSERT INTO "m y" VALUES (2);
      ROLLBACK TO x; COMMIT;
      START TRANSACTION; INSERT INTO t VALUES (4); INSERT INTO "m y" VALUES (3); ROLLBACK;
      XA START 'one', 'b', 5; INSERT INTO t VALUES (5); XA END 'one', 'b', 5; XA PREPARE 'one', 'b', 5;
      XA COMMIT 'one', 'b', 5;
      XA START 'two'; INSERT INTO t VALUES (6); XA END 'two'; XA PREPARE 'two'; XA ROLLBACK 'two';
      XA START 'three'; INSERT INTO t VALUES (7); XA END 'three'; XA COMMIT 'three' ONE PHASE;
      CREATE TABLE c SELECT * FROM t;
      CREATE TEMPORARY TABLE tmp (a INT); INSERT INTO tmp VALUES (1); DROP TEMPORARY TABLE tmp;
      ALTER TABLE c ADD COLUMN b INT;
      CREATE INDEX i ON c (a);
      RENAME TABLE c TO d, t TO u;
      TRUNCATE TABLE d;
      SET STATEMENT binlog_format = STATEMENT FOR UPDATE u SET a = a + 1000;
      DROP TABLE IF EXISTS d, nothing, "m y";
      DROP DATABASE s;
      """)
    var replay = BinlogReplay()
    for path in server.binlogs { try replay.replay(path) }
    let one = XAIdentifier(format: 5, global: Array("one".utf8), branch: Array("b".utf8))
    let two = XAIdentifier(format: 1, global: Array("two".utf8), branch: [])
    #expect(replay.prepared == [one, two])
    #expect(replay.endings.count == replay.groups - replay.prepared.count)
    #expect(replay.endings.contains(.xaCommit(one)) && replay.endings.contains(.xaRollback(two)))
    let statements = replay.statements
    for ddl: QueryStatement in [
      .ddl(.create, [name("t")]), .ddl(.create, [name("m y")]), .ddl(.create, [name("c")]),
      .ddl(.alter, [name("c")]),
      .ddl(.rename, [name("c"), name("d"), name("t"), name("u")]), .ddl(.truncate, [name("d")]),
      .dropDatabase("s"), .rowChange,
    ] {
      #expect(statements.contains(ddl), "\(ddl)")
    }
    let dropped = statements.flatMap { statement -> [TableName] in
      if case .ddl(.drop, let names) = statement { return names }
      return []
    }
    #expect(dropped.contains(name("d")) && dropped.contains(name("m y")))
    #expect(statements.contains(.rollbackToSavepoint) && statements.contains(.savepoint))
    #expect(replay.unreadable.isEmpty)
  }

  @Test
  func `tables with times of the old format are refused by name, others are read, however long their rows`()
    throws
  {
    let server = try PrivateMariaDB()
    try server.run(
      """
      CREATE DATABASE s; USE s;
      SET GLOBAL mysql56_temporal_format = OFF; CREATE TABLE old (a INT PRIMARY KEY, d DATETIME(3));
      SET GLOBAL mysql56_temporal_format = ON; CREATE TABLE new (a INT PRIMARY KEY, d DATETIME(3), b LONGBLOB);
      INSERT INTO old VALUES (1, '2020-01-01'); INSERT INTO new VALUES (1, '2020-01-01', REPEAT('x', 3000000));
      INSERT INTO new SELECT seq, '2020-01-01', seq FROM seq_2_to_3000;
      """)
    var replay = BinlogReplay()
    for path in server.binlogs { try replay.replay(path) }
    #expect(Array(replay.unreadable.keys) == ["s.old"])
    #expect(
      replay.unreadable["s.old"]?.contains("column 2 is a DATETIME in the format before MySQL 5.6") == true)
    #expect(replay.tables["s.new"]?.count == 3000)
    let long = replay.tables["s.new"]?[[Array("1".utf8)]]?[2]
    #expect(long?.count == 3_000_000)
    let errors = try server.binlogs.map { try BinlogBenchmark.decode(path: $0).rows }
    #expect(errors.reduce(0, +) == 3000)
  }

  @Test
  func `every character of every character set is the one that SELECT shows`() throws {
    let server = try PrivateMariaDB(options: ["--sql-mode="])
    let single = CharacterSet.allCases.filter { SingleByteTable.scalars(of: $0) != nil }
    let several = CharacterSet.allCases.filter { $0.iconvName != nil && $0 != .gb18030 }
    #expect(single.count == 25 && several.count == 12)
    let sets = single + several
    let columns = sets.enumerated().map { "c\($0.offset) TEXT CHARACTER SET \($0.element.rawValue)" }
    var sql = "CREATE DATABASE s; CREATE TABLE s.t (a INT PRIMARY KEY, \(columns.joined(separator: ", ")));\n"
    let upper = (0...255).map { String($0 + 256, radix: 16).dropFirst() }.joined()
    // The basic plane in pieces of 256; what a set does not have becomes a question mark on the server.
    for piece in 0..<256 where piece < 0xD8 || piece > 0xDF {
      var text = ""
      for code in piece << 8..<(piece + 1) << 8 {
        if let scalar = Unicode.Scalar(UInt32(code)) {
          text += String(scalar.value + 0x1000000, radix: 16).dropFirst()
        }
      }
      let values = sets.map { set in
        single.contains(set)
          ? "CONVERT(x'\(upper)' USING \(set.rawValue))"
          : "CONVERT(CONVERT(x'\(text.asUTF32)' USING utf32) USING \(set.rawValue))"
      }
      sql += "INSERT INTO s.t VALUES (\(piece), \(values.joined(separator: ", ")));\n"
    }
    try server.run(sql)
    var replay = BinlogReplay()
    for path in server.binlogs { try replay.replay(path) }
    let expressions = ["a"] + sets.indices.map { "CONVERT(c\($0) USING utf8mb4)" }
    let expected = try server.texts(expressions, "FROM s.t")
    let told = try #require(replay.tables["s.t"])
    #expect(expected.count == 248 && told.count == 248)
    for row in expected {
      for (index, set) in sets.enumerated() where told[[row[0]]]?[index + 1] != row[index + 1] {
        let got =
          (told[[row[0]]]?[index + 1]).map { Array(String(decoding: $0, as: UTF8.self).unicodeScalars) } ?? []
        let want = row[index + 1].map { Array(String(decoding: $0, as: UTF8.self).unicodeScalars) } ?? []
        // Two signs of Big5 that iconv has and MariaDB has otherwise.
        let accepted: Set<UInt32> = set == .big5 ? [0xAF, 0x5345] : []
        let first = zip(want, got).first { $0 != $1 && !accepted.contains($1.value) }
        if first == nil, want.count == got.count { continue }
        Issue.record("\(set): \(first.map { "\($0.1.value) is not \($0.0.value)" } ?? "lengths differ")")
      }
    }
  }
}

extension String {
  /// Six hexadecimal digits a character become eight.
  fileprivate var asUTF32: String {
    var text = ""
    for (index, digit) in enumerated() {
      if index % 6 == 0 { text += "00" }
      text.append(digit)
    }
    return text
  }
}
