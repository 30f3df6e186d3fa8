/// A transaction that sees the tables as they are at one place of the log.
enum Snapshot {
  /// Begins it. Returns what it sees; nil: it does not see all that was applied, because the server lets others see a transaction
  /// a moment after it wrote the log. It has begun in any case.
  static func begin(
    _ connection: borrowing DatabaseConnection, _ server: QueryServer, since applied: AppliedLog
  ) throws(DatabaseError) -> TableView? {
    switch server.kind {
    case .mariaDB:
      try start(connection)
      let place = try snapshotPlace(connection)
      let view: TableView =
        server.isFollowed ? .place(place) : .transactions(try transactions(connection, place))
      return view.hasAll(of: applied) ? view : nil
    case .mySQL:
      let isVisible = try hasFinished(applied, connection)
      try start(connection)
      return isVisible ? .place(try current(connection, .mySQL)) : nil
    }
  }

  private static func start(_ connection: borrowing DatabaseConnection) throws(DatabaseError) {
    try connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    try connection.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
  }

  /// MariaDB's exact place of the snapshot that has begun.
  private static func snapshotPlace(
    _ connection: borrowing DatabaseConnection
  ) throws(DatabaseError) -> BinlogPosition {
    var values: [String: String] = [:]
    for row in try connection.query("SHOW STATUS LIKE 'binlog_snapshot_%'").texts {
      values[(row[0] ?? "").lowercased()] = row[1] ?? ""
    }
    guard let file = values["binlog_snapshot_file"], !file.isEmpty,
      let offset = values["binlog_snapshot_position"].flatMap({ UInt64($0) })
    else {
      throw DatabaseError(
        "the server does not say at which place of the binlog a snapshot is: it writes none")
    }
    return BinlogPosition(file: file, offset: offset)
  }

  /// MariaDB: the transactions before a place of the server's log.
  static func transactions(
    _ connection: borrowing DatabaseConnection, _ place: BinlogPosition
  ) throws(DatabaseError) -> MariaDBGTIDState {
    let text = try connection.row(
      "SELECT BINLOG_GTID_POS(\(SQLText.literal(place.file)), \(place.offset))")
    guard let text = text?[0], let state = MariaDBGTIDState(text) else {
      throw DatabaseError("the server does not say which transactions are before \(place)")
    }
    return state
  }

  /// MySQL: what was applied last can be seen by queries. A name is in `gtid_executed` once its transaction is committed in the
  /// engine, and commits keep the log's order (`binlog_order_commits`). Without names nothing but a pause helps.
  private static func hasFinished(
    _ applied: AppliedLog, _ connection: borrowing DatabaseConnection
  ) throws(DatabaseError) -> Bool {
    guard let last = applied.last else {
      try connection.execute("DO SLEEP(0.1)")
      return true
    }
    return try connection.row("SELECT GTID_SUBSET('\(last)', @@global.gtid_executed)")?[0] == "1"
  }

  /// Ends it.
  static func end(_ connection: borrowing DatabaseConnection) throws(DatabaseError) {
    try connection.execute("COMMIT")
  }

  /// The end of the log now.
  static func current(
    _ connection: borrowing DatabaseConnection, _ server: ServerKind
  ) throws(DatabaseError) -> BinlogPosition { try status(connection, server).position }

  /// The same, with the names of the transactions before it.
  static func end(
    of connection: borrowing DatabaseConnection, _ server: ServerKind
  ) throws(DatabaseError) -> AppliedLog {
    let (position, names) = try status(connection, server)
    if server == .mySQL { return AppliedLog(position: position, names: names) }
    return AppliedLog(position: position, gtids: try transactions(connection, position))
  }

  private static func status(
    _ connection: borrowing DatabaseConnection, _ server: ServerKind
  ) throws(DatabaseError) -> (position: BinlogPosition, names: MySQLGTIDSet) {
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
    // MySQL's fifth column is Executed_Gtid_Set.
    let names = row.count >= 5 ? row[4].flatMap { MySQLGTIDSet($0) } : nil
    return (BinlogPosition(file: file, offset: offset), names ?? MySQLGTIDSet())
  }
}
