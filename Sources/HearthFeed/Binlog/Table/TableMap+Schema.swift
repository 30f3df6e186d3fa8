extension TableMap {
  /// The columns with which rows are read: the table map's own, refined by what `outside` knows better (UUID, INET and JSON
  /// look like other types in it), or `outside` where the map does not tell names.
  ///
  /// Throws `tableChanged` when the schema from outside cannot be that of this table.
  public func columns(_ outside: TableSchema?) throws(BinlogError) -> [ColumnSchema] {
    if let refusal {
      throw BinlogError(.unsupported, "table \(database).\(table) cannot be read: \(refusal)")
    }
    guard var columns = outside?.columns ?? schema?.columns else {
      throw BinlogError(
        .tableChanged, "the log does not tell the columns of \(database).\(table): read information_schema")
    }
    guard columns.count == self.columns.count else {
      throw changed("it has \(self.columns.count) columns, not \(columns.count)")
    }
    for index in columns.indices {
      let wire = self.columns[index]
      let name = columns[index].column.name
      guard wire.fits(columns[index].column.kind) else { throw changed("column \(name) has another type") }
      if let schema, schema.columns[index].column.name != name {
        throw changed("column \(name) is \(schema.columns[index].column.name) now")
      }
      if let isUnsigned = wire.isUnsigned { columns[index].isUnsigned = isUnsigned }
      if let collation = wire.collation {
        guard let characterSet = CharacterSet(collation: collation) else {
          throw BinlogError(
            .unsupported,
            "table \(database).\(table) cannot be read: column \(name) has the unknown collation \(collation)"
          )
        }
        columns[index].characterSet = characterSet
      }
      if let schema, !schema.columns[index].members.isEmpty {
        columns[index].members = schema.columns[index].members
      }
    }
    return columns
  }

  /// Whether column number `column` can hold values of this kind, as far as the table map tells.
  public func fits(_ kind: ColumnKind, column: Int) -> Bool {
    columns.indices.contains(column) && columns[column].fits(kind)
  }

  private func changed(_ how: String) -> BinlogError {
    BinlogError(.tableChanged, "table \(database).\(table) changed: \(how)")
  }
}
