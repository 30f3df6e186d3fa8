@testable import HearthFeed

/// Applies what binlogs tell to tables in memory, as a replica would.
struct BinlogReplay: ~Copyable {
  typealias Row = [[UInt8]?]

  /// `database.table`, then the bytes of the primary key's values, then the row.
  private(set) var tables: [String: [[[UInt8]?]: Row]] = [:]
  /// Schema from outside, by table name without database.
  var schemas: [String: TableSchema] = [:]
  private(set) var rows = 0
  private(set) var events = 0
  private(set) var endings: [TransactionEnding] = []
  private(set) var statements: [QueryStatement] = []
  /// Tables whose rows could not be read.
  private(set) var unreadable: [String: String] = [:]
  private(set) var compressed = 0
  /// MariaDB's transactions, and those that were only prepared.
  private(set) var groups = 0
  private(set) var prepared: [XAIdentifier] = []
  private(set) var columns: [String: [ColumnSchema]] = [:]
  private var readers: [UInt64: RowReader] = [:]
  private var before = RowImage()
  private var after = RowImage()

  /// Reads a file from its beginning to its end.
  mutating func replay(_ path: String) throws {
    var file = try BinlogFile(path: path)
    var decoder = BinlogDecoder()
    while let packet = try file.next() {
      if (165...171).contains(packet[4]) || packet[4] == 40 { compressed += 1 }
      decoder.begin(packet)
      while let event = try decoder.next() { try apply(event) }
    }
  }

  mutating func apply(_ event: BinlogEvent) throws {
    events += 1
    if let ending = event.ending { endings.append(ending) }
    switch event {
    case .mariadbGTID: groups += 1
    case .xaPrepare(let id, onePhase: false): prepared.append(id)
    case .query(let query): statements.append(query.statement)
    case .rows(let rows): try apply(rows)
    case .unreadableRows(let map, let error):
      unreadable[map.map { "\($0.database).\($0.table)" } ?? "?"] = error.message
    default: break
    }
  }

  private mutating func apply(_ event: RowsEvent) throws {
    let name = "\(event.map.database).\(event.map.table)"
    let reader: RowReader
    if let known = readers[event.map.id], known.map === event.map {
      reader = known
    } else {
      let outside =
        event.map.schema == nil || schemas[event.map.table] != nil ? schemas[event.map.table] : nil
      reader = try RowReader(event.map, schema: outside)
      readers[event.map.id] = reader
      columns[name] = reader.columns
    }
    let key = TableSchema(columns: reader.columns).primaryKey
    reader.begin(event)
    while try reader.next(before: &before, after: &after) {
      rows += 1
      var row: Row?
      if event.kind != .insert {
        let old = Self.values(before)
        row = tables[name, default: [:]].removeValue(forKey: key.map { old[$0].bytes })
      }
      guard event.kind != .delete else { continue }
      let new = Self.values(after)
      var complete = row ?? Array(repeating: nil, count: new.count)
      for (column, value) in new.enumerated() where value.state != .absent { complete[column] = value.bytes }
      tables[name, default: [:]][key.map { complete[$0] }] = complete
    }
  }

  private static func values(_ image: borrowing RowImage) -> [(state: RowValue.State, bytes: [UInt8]?)] {
    var values: [(state: RowValue.State, bytes: [UInt8]?)] = []
    for column in 0..<image.count {
      let value = image[column]
      values.append((value.state, value.state == .value ? Array(value.bytes) : nil))
    }
    return values
  }
}
