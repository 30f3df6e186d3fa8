/// What one event tells. What it points to stays in place until the decoder is asked for the next event.
public enum BinlogEvent {
  /// The events that follow are those of another file, from this place on.
  case rotate(BinlogPosition)
  /// Who writes the log, and how.
  case format(BinlogFormat)
  /// A transaction begins (MariaDB; no BEGIN follows).
  case mariadbGTID(MariaDBTransaction)
  /// What had been written when the file began: the last transaction of each domain and server.
  case mariadbGTIDList([MariaDBGTID])
  /// A transaction begins (MySQL); nil: the server writes no GTIDs.
  case mysqlGTID(MySQLGTID?)
  /// What had been written when the file began, in MySQL's binary form of a GTID set.
  case mysqlPreviousGTIDs(UnsafeRawBufferPointer)
  /// A statement as text.
  case query(QueryEvent)
  /// The shape of a table whose rows follow. The same object as before where nothing changed.
  case tableMap(TableMap)
  /// Rows that were written, changed or deleted.
  case rows(RowsEvent)
  /// Rows of this table changed and cannot be told which: verify the table.
  case unreadableRows(TableMap?, BinlogError)
  /// The transaction is committed.
  case xid(UInt64)
  /// The transaction is prepared; its rows count once it is committed. One phase: it is committed at once.
  case xaPrepare(XAIdentifier, onePhase: Bool)
  /// Nothing new up to here.
  case heartbeat(BinlogPosition)
  /// The server lost events: everything must be verified.
  case incident(message: String)
  /// Of no use to a follower of rows.
  case ignored(type: UInt8)
  /// A type this decoder does not know. Unless `ignorable`, rows may be lost: everything must be verified.
  case unknown(type: UInt8, ignorable: Bool)
}

/// MariaDB's GTID event.
public struct MariaDBTransaction: Sendable, Equatable {
  /// Its name.
  public let id: MariaDBGTID
  /// It is the one event that follows, a DDL statement for example, and no event ends it.
  public let isStandalone: Bool
  /// The event that follows is DDL.
  public let isDDL: Bool
  /// What follows is prepared only (XA).
  public let isPrepared: Bool
  /// What follows completes a prepared transaction (XA COMMIT, XA ROLLBACK).
  public let completesPrepared: Bool
}
