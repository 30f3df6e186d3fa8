/// Up to where a feed has applied the log.
struct AppliedLog: Sendable, Equatable {
  /// Everything before it, in the log of the server that is followed. Without a file: not known yet.
  var position: BinlogPosition
  /// MariaDB: the last transaction of each domain.
  var gtids = MariaDBGTIDState()
  /// MySQL: the last transaction that had a name.
  var last: MySQLGTID?

  init(position: BinlogPosition, gtids: MariaDBGTIDState = MariaDBGTIDState()) {
    self.position = position
    self.gtids = gtids
  }
}
