/// What a statement in the log does, as far as a follower of rows has to know.
public enum QueryStatement: Sendable, Equatable {
  case begin
  case commit
  case rollback
  case savepoint
  /// What was changed since the savepoint does not count.
  case rollbackToSavepoint
  case xaStart
  case xaEnd
  case xaPrepare
  case xaCommit(XAIdentifier)
  case xaRollback(XAIdentifier)
  /// Changes tables as a whole. Rows that it writes or removes are told by no other event.
  case ddl(DDL, [TableName])
  /// All tables of the database are gone.
  case dropDatabase(String)
  /// Changes rows by text (`binlog_format=STATEMENT`, LOAD DATA, functions): which ones is not told.
  case rowChange
  /// Nothing of interest: grants, views, routines, temporary tables.
  case other

  /// What happens to the tables.
  public enum DDL: Sendable {
    /// A table begins, perhaps with rows (CREATE TABLE .. SELECT).
    case create
    /// Columns, keys or partitions change; rows may be gone (DROP PARTITION). New names are named too.
    case alter
    case truncate
    case drop
    /// Pairs: old name, new name.
    case rename
  }
}

/// A table, with the statement's default database where it named none.
public struct TableName: Sendable, Hashable {
  /// Database, as written.
  public var database: String
  /// Table, as written.
  public var table: String

  /// A table of a database.
  public init(database: String, table: String) {
    self.database = database
    self.table = table
  }
}
