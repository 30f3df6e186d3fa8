/// A transaction that sees the tables as they are at one place of the log.
enum Snapshot {
  /// Begins it. Returns a place at which or before which everything it sees was written; on MariaDB, exactly the place.
  static func begin(
    _ connection: borrowing DatabaseConnection, _ server: ServerKind
  ) throws(DatabaseError) -> BinlogPosition {
    try connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    try connection.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    switch server {
    case .mariaDB:
      var values: [String: String] = [:]
      for row in try connection.query("SHOW STATUS LIKE 'binlog_snapshot_%'").texts {
        values[(row[0] ?? "").lowercased()] = row[1] ?? ""
      }
      guard let file = values["binlog_snapshot_file"], !file.isEmpty,
        let offset = values["binlog_snapshot_position"].flatMap({ UInt64($0) })
      else { throw DatabaseError("the server does not say at which place of the binlog a snapshot is") }
      return BinlogPosition(file: file, offset: offset)
    case .mySQL: return try current(connection, server)
    }
  }

  /// Ends it.
  static func end(_ connection: borrowing DatabaseConnection) throws(DatabaseError) {
    try connection.execute("COMMIT")
  }

  /// The end of the log now.
  static func current(
    _ connection: borrowing DatabaseConnection, _ server: ServerKind
  ) throws(DatabaseError) -> BinlogPosition {
    let row: [String?]?
    if server == .mariaDB {
      row = try connection.row("SHOW MASTER STATUS")
    } else {
      // 8.4 knows only the new words, 5.7 only the old ones.
      do throws(DatabaseError) {
        row = try connection.row("SHOW BINARY LOG STATUS")
      } catch {
        row = try connection.row("SHOW MASTER STATUS")
      }
    }
    guard let row, row.count >= 2, let file = row[0], let offset = row[1].flatMap({ UInt64($0) }) else {
      throw DatabaseError("the server writes no binlog")
    }
    return BinlogPosition(file: file, offset: offset)
  }
}
