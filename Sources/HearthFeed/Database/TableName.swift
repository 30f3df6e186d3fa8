/// A table and the database that it is in.
public struct TableName: Hashable, Sendable, CustomStringConvertible {
  /// Name of the database.
  public var database: String
  /// Name of the table in it.
  public var table: String

  /// A table of a database.
  public init(database: String, table: String) {
    self.database = database
    self.table = table
  }

  /// `database.table`.
  public var description: String { "\(database).\(table)" }

  /// As SQL names it.
  var sql: String { "\(SQLText.name(database)).\(SQLText.name(table))" }
}
