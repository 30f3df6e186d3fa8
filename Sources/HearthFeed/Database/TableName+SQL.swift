extension TableName {
  /// As SQL names it.
  var sql: String { "\(SQLText.name(database)).\(SQLText.name(table))" }
}

extension TableName: CustomStringConvertible {
  /// `database.table`.
  public var description: String { "\(database).\(table)" }
}
