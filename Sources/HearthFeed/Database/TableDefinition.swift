/// A table as the server's schema describes it now.
public struct TableDefinition: Sendable {
  /// One column of it.
  public struct ColumnDefinition: Sendable {
    /// Name and kind.
    public var column: Column
    /// `data_type`: `bigint`, `varchar`, ...
    public var type: String
    /// `column_type`: `bigint(20) unsigned`, `enum('a','b')`, ...
    public var fullType: String
    /// Character set of its text; nil: not text.
    public var characterSet: String?
  }

  /// Whose definition it is.
  public let name: TableName
  /// In the order of the table.
  public let columns: [ColumnDefinition]
  /// Storage engine, in upper case.
  public let engine: String
  /// The server's estimate.
  public let estimatedRows: UInt64
  /// Mean length of a row as stored, bytes, the server's estimate; 0: not known.
  public let meanRowLength: UInt64

  /// Asks the server. Nil: there is no such table, or the account may not see it.
  public init?(_ connection: borrowing DatabaseConnection, _ name: TableName) throws(DatabaseError) {
    let place = "table_schema = \(SQLText.literal(name.database)) AND table_name = \(SQLText.literal(name.table))"
    guard
      let table = try connection.row(
        "SELECT engine, table_rows, avg_row_length FROM information_schema.tables WHERE \(place)")
    else { return nil }
    let key = try connection.query(
      "SELECT column_name FROM information_schema.statistics WHERE \(place) AND index_name = 'PRIMARY' "
        + "ORDER BY seq_in_index"
    ).texts.compactMap { $0[0] }
    let rows = try connection.query(
      "SELECT column_name, data_type, column_type, character_set_name FROM information_schema.columns "
        + "WHERE \(place) ORDER BY ordinal_position"
    ).texts
    self.name = name
    engine = (table[0] ?? "").uppercased()
    estimatedRows = table[1].flatMap { UInt64($0) } ?? 0
    meanRowLength = table[2].flatMap { UInt64($0) } ?? 0
    var columns: [ColumnDefinition] = []
    for row in rows {
      let (name, type) = (row[0] ?? "", (row[1] ?? "").lowercased())
      guard let kind = ColumnKind(schemaType: type) else {
        throw DatabaseError("\(place): column \(name) has the type \(type), which feeds do not know")
      }
      columns.append(
        ColumnDefinition(
          column: Column(name: name, kind: kind, primaryKeyPosition: key.firstIndex(of: name)), type: type,
          fullType: row[2] ?? "", characterSet: row[3]))
    }
    self.columns = columns
  }

  /// Positions of the primary key's columns, in its order; empty: there is none.
  public var primaryKey: [Int] {
    columns.indices.filter { columns[$0].column.primaryKeyPosition != nil }
      .sorted { columns[$0].column.primaryKeyPosition! < columns[$1].column.primaryKeyPosition! }
  }
}

extension ColumnKind {
  /// From `information_schema.columns.data_type`. Nil: not known.
  init?(schemaType type: String) {
    switch type {
    case "tinyint", "smallint", "mediumint", "int", "integer", "bigint": self = .integer
    case "decimal", "numeric": self = .decimal
    case "float": self = .float
    case "double", "real": self = .double
    case "bit": self = .bit
    case "year": self = .year
    case "date": self = .date
    case "time": self = .time
    case "datetime": self = .datetime
    case "timestamp": self = .timestamp
    case "char", "varchar", "tinytext", "text", "mediumtext", "longtext": self = .text
    case "enum": self = .enumeration
    case "set": self = .set
    case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector": self = .bytes
    case "json": self = .json
    case "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon",
      "geometrycollection", "geomcollection":
      self = .geometry
    case "uuid": self = .uuid
    case "inet4", "inet6": self = .inet
    default: return nil
    }
  }
}
