/// Up to where a feed has applied the log.
struct AppliedLog: Sendable, Equatable {
  /// Everything before it, in the log of the server that is followed. Without a file: not known yet.
  var position: BinlogPosition
  /// MariaDB: the last transaction of each domain.
  var gtids = MariaDBGTIDState()
  /// MySQL: the transactions that had a name.
  var names = MySQLGTIDSet()
  /// MySQL: the last of them since the connection.
  var last: MySQLGTID?

  init(
    position: BinlogPosition, gtids: MariaDBGTIDState = MariaDBGTIDState(),
    names: MySQLGTIDSet = MySQLGTIDSet()
  ) {
    self.position = position
    self.gtids = gtids
    self.names = names
  }

  /// The names of what is applied, as the server writes them.
  var nameText: String { gtids.isEmpty ? names.description : gtids.description }
}
