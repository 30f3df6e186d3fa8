import TestDatabase
import Testing

@testable import HearthFeed

/// What the decoder reads from a real server's binlog against what SELECT says.
@Suite(.serialized)
struct MariaDBRowsTests {
  private static let table = "everything"

  /// Settings under which the server writes its log.
  struct Logging: Sendable, CustomTestStringConvertible {
    let metadata: String
    let image: String
    let compressed: Bool

    var testDescription: String { "metadata \(metadata), images \(image)\(compressed ? ", compressed" : "")" }
  }

  static let loggings = [
    Logging(metadata: "FULL", image: "FULL", compressed: false),
    Logging(metadata: "FULL", image: "MINIMAL", compressed: true),
    Logging(metadata: "MINIMAL", image: "FULL", compressed: true),
    Logging(metadata: "MINIMAL", image: "NOBLOB", compressed: false),
    Logging(metadata: "NO_LOG", image: "FULL", compressed: false),
    Logging(metadata: "NO_LOG", image: "MINIMAL", compressed: true),
  ]

  @Test
  func `every type's values are the text that SELECT shows, however the server logs`() throws {
    let server = try PrivateMariaDB(options: ["--sql-mode=", "--log-bin-compress-min-len=10"])
    for (number, logging) in Self.loggings.enumerated() {
      let database = "d\(number)"
      try fill(server, database, logging)
      let schema = try Self.schema(server, database)
      var replay = BinlogReplay()
      // UUID and INET look like BINARY in the log.
      replay.schemas[Self.table] = schema
      for path in server.binlogs { try replay.replay(path) }
      try compare(
        server, database, replay.tables["\(database).\(Self.table)"] ?? [:], "\(logging.testDescription)")
      #expect(replay.unreadable.isEmpty)
      if logging.compressed { #expect(replay.compressed > 0) }
      if logging.metadata == "FULL" {
        let counts = try server.binlogs.map { try BinlogBenchmark.decode(path: $0) }
        #expect(counts.map(\.rows).reduce(0, +) == replay.rows)
        #expect(counts.map(\.text).reduce(0, +) > 10_000)
        let known = try #require(replay.columns["\(database).\(Self.table)"])
        #expect(known.map(\.column.name) == schema.columns.map(\.column.name))
      }
      try server.run("RESET MASTER")
    }
  }

  private func fill(_ server: PrivateMariaDB, _ database: String, _ logging: Logging) throws {
    var generator = SampleGenerator(seed: UInt64(database.utf8.last ?? 0))
    let columns = SampleColumns.all
    let declared = columns.enumerated().map { "c\($0.offset) \($0.element.type)" }.joined(separator: ", ")
    var sql = """
      SET GLOBAL binlog_row_metadata = '\(logging.metadata)';
      SET GLOBAL log_bin_compress = \(logging.compressed ? 1 : 0);
      SET SESSION binlog_row_image = '\(logging.image)';
      CREATE DATABASE \(database) CHARACTER SET utf8mb4; USE \(database);
      CREATE TABLE \(Self.table) (a INT, \(declared), b VARCHAR(20), PRIMARY KEY (b, a)) ENGINE=InnoDB ROW_FORMAT=DYNAMIC;
      FLUSH BINARY LOGS;

      """
    for row in 0..<40 {
      let values = columns.map { column in
        if row == 0 { return "NULL" }
        return row - 1 < column.fixed.count ? column.fixed[row - 1] : column.random(&generator)
      }
      sql +=
        "INSERT INTO \(Self.table) VALUES (\(row), \(values.joined(separator: ", ")), 'row \(row % 3)');\n"
    }
    for row in stride(from: 0, to: 40, by: 5) {
      let changed = columns.indices.filter { $0 % 7 == row / 5 % 7 }
      let changes = changed.map { "c\($0) = \(columns[$0].random(&generator))" }.joined(separator: ", ")
      sql += "UPDATE \(Self.table) SET \(changes) WHERE a = \(row);\n"
    }
    sql +=
      "UPDATE \(Self.table) SET a = a + 100 WHERE a = 7;\nDELETE FROM \(Self.table) WHERE a IN (3, 11);\n"
    sql += "START TRANSACTION; DELETE FROM \(Self.table); ROLLBACK;\n"
    try server.run(sql)
  }

  private static func schema(_ server: PrivateMariaDB, _ database: String) throws -> TableSchema {
    let of = "TABLE_SCHEMA = '\(database)' AND TABLE_NAME = '\(table)'"
    let keys = try server.rows(
      "SELECT COLUMN_NAME, ORDINAL_POSITION - 1 FROM information_schema.KEY_COLUMN_USAGE WHERE \(of)")
    let rows = try server.texts(
      ["COLUMN_NAME", "COLUMN_TYPE", "CHARACTER_SET_NAME"],
      "FROM information_schema.COLUMNS WHERE \(of) ORDER BY ORDINAL_POSITION")
    return TableSchema(
      columns: try rows.map { row in
        let texts = row.map { $0.map { String(decoding: $0, as: UTF8.self) } }
        let name = try #require(texts[0])
        let type = try #require(texts[1])
        let position = keys.first { $0[0] == name }.flatMap { $0[1] }.flatMap { Int($0) }
        return try #require(
          ColumnSchema(
            name: name, columnType: type, characterSetName: texts[2], primaryKeyPosition: position),
          "\(name) \(type)")
      })
  }

  private func compare(
    _ server: PrivateMariaDB, _ database: String, _ rows: [[[UInt8]?]: BinlogReplay.Row], _ how: String
  ) throws {
    let columns = SampleColumns.all
    let expressions =
      ["b", "a"] + columns.enumerated().map { $0.element.select.replacing("?", with: "c\($0.offset)") }
    let expected = try server.texts(expressions, "FROM \(database).\(Self.table)")
    #expect(rows.count == expected.count, "\(how)")
    for row in expected {
      guard let told = rows[[row[0], row[1]]] else {
        Issue.record("\(how): no row \(Self.show(row[1]))")
        continue
      }
      for (index, column) in columns.enumerated() {
        let (want, got) = (row[index + 2], told[index + 1])
        #expect(
          Self.isEqual(want, got, column.comparison),
          "\(how): \(column.type) of row \(Self.show(row[1])): \(Self.show(got)) is not \(Self.show(want))")
      }
    }
  }

  private static func isEqual(_ want: [UInt8]?, _ got: [UInt8]?, _ comparison: SampleColumn.Comparison)
    -> Bool
  {
    guard comparison != .text, let want, let got else { return want == got }
    let (left, right) = (String(decoding: want, as: UTF8.self), String(decoding: got, as: UTF8.self))
    if comparison == .double { return Double(left) == Double(right) && !right.hasSuffix(".0") }
    return Double(left) == Float(right).map { Double($0) } && !right.hasSuffix(".0")
  }

  private static func show(_ bytes: [UInt8]?) -> String {
    guard let bytes else { return "NULL" }
    return String(decoding: bytes.prefix(80), as: UTF8.self)
      + (bytes.count > 80 ? "… (\(bytes.count) bytes)" : "")
  }
}
