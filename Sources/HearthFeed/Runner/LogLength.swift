/// How long a server's log is.
struct LogLength: Sendable {
  /// Its end.
  let end: BinlogPosition
  /// Files and their lengths, the oldest first; empty when the follower is in the last.
  let files: [(name: String, length: UInt64)]
  /// MariaDB: what is in the log.
  let gtids: MariaDBGTIDState
  /// MariaDB, a replica: what it has received; nothing of it that it logs comes after `end`.
  let received: MariaDBGTIDState

  /// Asks the server; for the lengths of older files only when the follower is in one of them.
  init(
    _ connection: borrowing DatabaseConnection, _ kind: ServerKind, followerFile: String
  ) throws(DatabaseError) {
    var received = MariaDBGTIDState()
    var gtids = MariaDBGTIDState()
    if kind == .mariaDB {
      // Before the end of the log is asked: a transaction is in the log before its name is here.
      let row = try connection.row("SELECT @@global.gtid_slave_pos, @@global.gtid_binlog_pos")
      received = (row?[0]).flatMap { MariaDBGTIDState($0) } ?? received
      gtids = row.flatMap { $0[1] }.flatMap { MariaDBGTIDState($0) } ?? gtids
    }
    end = try Snapshot.current(connection, kind)
    let list = end.file == followerFile ? [] : try connection.query("SHOW BINARY LOGS").texts
    files = list.compactMap { row in
      guard row.count >= 2, let name = row[0], let length = row[1].flatMap({ UInt64($0) }) else { return nil }
      return (name, length)
    }
    self.gtids = gtids
    self.received = received
  }

  /// For tests.
  init(end: BinlogPosition, files: [(name: String, length: UInt64)]) {
    self.end = end
    self.files = files
    gtids = MariaDBGTIDState()
    received = MariaDBGTIDState()
  }

  /// Bytes of the log behind a place.
  func bytes(after place: BinlogPosition) -> UInt64 {
    if place >= end { return 0 }
    if place.file == end.file { return end.offset - place.offset }
    return files.reduce(end.offset) { sum, file in
      let start = BinlogPosition(file: file.name, offset: 0)
      if file.name == end.file || start.fileNumber < place.fileNumber { return sum }
      return sum + file.length - (file.name == place.file ? min(place.offset, file.length) : 0)
    }
  }
}
