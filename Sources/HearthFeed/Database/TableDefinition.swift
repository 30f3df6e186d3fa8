/// A table as the server's schema describes it now.
public struct TableDefinition: Sendable {
  /// Whose definition it is.
  public let name: TableName
  /// In the order of the table.
  public let schema: TableSchema
  /// Storage engine, in upper case.
  public let engine: String
  /// The server's estimate.
  public let estimatedRows: UInt64
  /// Mean length of a row as stored, bytes, the server's estimate; 0: not known.
  public let meanRowLength: UInt64
  /// Columns of each unique key, the primary one too.
  let uniqueKeys: [Set<String>]
  /// What foreign keys do to its rows.
  let cascades: Cascades
  /// Columns whose numbers the server shows with zeros in front.
  let zeroFilled: Set<Int>

  /// Asks the server. Nil: there is no such table, or the account may not see it.
  public init?(_ connection: borrowing DatabaseConnection, _ name: TableName) throws(DatabaseError) {
    let place =
      "table_schema = \(SQLText.literal(name.database)) AND table_name = \(SQLText.literal(name.table))"
    guard
      let table = try connection.row(
        "SELECT engine, table_rows, avg_row_length FROM information_schema.tables WHERE \(place)")
    else { return nil }
    let key = try connection.query(
      "SELECT column_name FROM information_schema.statistics WHERE \(place) AND index_name = 'PRIMARY' "
        + "ORDER BY seq_in_index"
    ).texts.compactMap { $0[0] }
    let unique = try connection.query(
      "SELECT index_name, column_name FROM information_schema.statistics WHERE \(place) AND non_unique = 0"
    ).texts
    uniqueKeys = Dictionary(grouping: unique) { $0[0] ?? "" }.values.map { Set($0.compactMap { $0[1] }) }
    let rows = try connection.query(
      "SELECT column_name, column_type, character_set_name FROM information_schema.columns "
        + "WHERE \(place) ORDER BY ordinal_position"
    ).texts
    cascades = try Self.cascades(connection, name)
    self.name = name
    engine = (table[0] ?? "").uppercased()
    estimatedRows = table[1].flatMap { UInt64($0) } ?? 0
    meanRowLength = table[2].flatMap { UInt64($0) } ?? 0
    var columns: [ColumnSchema] = []
    var zeroFilled: Set<Int> = []
    for row in rows {
      let (column, type) = (row[0] ?? "", row[1] ?? "")
      guard
        let schema = ColumnSchema(
          name: column, columnType: type, characterSetName: row[2],
          primaryKeyPosition: key.firstIndex(of: column))
      else {
        throw DatabaseError("table \(name): column \(column) has the type \(type), which feeds do not know")
      }
      if schema.column.kind.isNumber, type.hasSuffix(" zerofill") { zeroFilled.insert(columns.count) }
      columns.append(schema)
    }
    self.zeroFilled = zeroFilled
    schema = TableSchema(columns: columns)
  }

  private static func cascades(
    _ connection: borrowing DatabaseConnection, _ name: TableName
  ) throws(DatabaseError) -> Cascades {
    let rules = try connection.query(
      "SELECT delete_rule, update_rule FROM information_schema.referential_constraints WHERE constraint_schema = "
        + "\(SQLText.literal(name.database)) AND table_name = \(SQLText.literal(name.table))"
    ).texts
    let acting = ["CASCADE", "SET NULL", "SET DEFAULT"]
    return Cascades(
      onDelete: rules.contains { acting.contains(($0[0] ?? "").uppercased()) },
      onUpdate: rules.contains { acting.contains(($0[1] ?? "").uppercased()) })
  }

  /// The columns as mappings see them.
  var columns: [Column] { schema.columns.map(\.column) }

  /// Positions of the primary key's columns, in its order; empty: there is none.
  public var primaryKey: [Int] { schema.primaryKey }
}
