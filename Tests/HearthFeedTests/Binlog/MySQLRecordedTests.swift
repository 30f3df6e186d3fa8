import Testing

@testable import HearthFeed

/// Logs that real MySQL servers wrote (Fixtures/README.md).
struct MySQLRecordedTests {
  private func path(_ name: String) -> String {
    let here = #filePath
    return here[..<(here.lastIndex(of: "/") ?? here.startIndex)] + "/Fixtures/\(name)"
  }

  /// Columns as the table map describes them, text as latin1 for want of better.
  private func schema(_ map: TableMap) -> TableSchema {
    TableSchema(
      columns: map.columns.enumerated().map {
        ColumnSchema(Column(name: "c\($0.offset)", kind: $0.element.kind))
      })
  }

  @Test
  func `every event of a MySQL 5.7 log is read, its checksum matches, its rows are plausible`() throws {
    var file = try BinlogFile(path: path("mysql-bin.checksum-crc32"))
    var decoder = BinlogDecoder()
    var (inserts, updates, deletes, commits, begins, rotations) = (0, 0, 0, 0, 0, 0)
    var before = RowImage()
    var after = RowImage()
    var values: Set<String> = []
    while let packet = try file.next() {
      decoder.begin(packet)
      while let event = try decoder.next() {
        if event.ending == .commit { commits += 1 }
        switch event {
        case .format(let format):
          #expect(format.hasChecksum && !format.isMariaDB && format.serverVersion == "5.7.21-log")
        case .query(let query): begins += query.statement == .begin ? 1 : 0
        case .rotate: rotations += 1
        case .rows(let rows):
          #expect(rows.isFull)
          let reader = try RowReader(rows.map, schema: schema(rows.map))
          reader.begin(rows)
          while try reader.next(before: &before, after: &after) {
            inserts += rows.kind == .insert ? 1 : 0
            updates += rows.kind == .update ? 1 : 0
            deletes += rows.kind == .delete ? 1 : 0
            // The first column is the row's number; an update keeps it.
            let first = rows.kind == .delete ? before[0] : after[0]
            let number = String(decoding: first.bytes, as: UTF8.self)
            #expect((Int(number) ?? 0) > 0)
            if rows.kind == .update { #expect(before[0].bytes.elementsEqual(after[0].bytes)) }
            for column in 0..<after.count where reader.columns[column].column.kind == .timestamp {
              let text = String(decoding: after[column].bytes, as: UTF8.self)
              if !text.isEmpty { values.insert(String(text.prefix(8))) }
            }
          }
        case .unreadableRows(_, let error): Issue.record("\(error)")
        case .unknown(let type, _): Issue.record("type \(type)")
        default: break
        }
      }
    }
    #expect(inserts >= 34 && updates >= 20 && deletes >= 6)
    #expect(commits == 60 && begins == 60 && rotations == 1)
    // The log is of May 2018.
    #expect(values.contains { $0.hasPrefix("2018-05-") })
    #expect(
      values.allSatisfy { $0.hasPrefix("201") || $0.hasPrefix("0000") || $0.hasPrefix("202") }, "\(values)")
  }

  @Test
  func `a compressed transaction of MySQL 8.0 is told event by event`() throws {
    var file = try BinlogFile(path: path("mysql-bin.compressed"))
    var decoder = BinlogDecoder()
    var told: [String] = []
    var before = RowImage()
    var after = RowImage()
    while let packet = try file.next() {
      decoder.begin(packet)
      while let event = try decoder.next() {
        switch event {
        case .query(let query): told.append(String(decoding: query.text, as: UTF8.self))
        case .tableMap(let map): told.append("map \(map.database).\(map.table)")
        case .rows(let rows):
          let reader = try RowReader(rows.map, schema: schema(rows.map))
          reader.begin(rows)
          while try reader.next(before: &before, after: &after) { told.append("\(rows.kind)") }
        case .xid: told.append("commit at \(decoder.position.offset)")
        default: break
        }
      }
    }
    #expect(told.first == "BEGIN")
    #expect(told.contains { $0.hasPrefix("map ") })
    #expect(told.contains("insert") || told.contains("update") || told.contains("delete"))
    #expect(told.last?.hasPrefix("commit at ") == true)
  }
}
