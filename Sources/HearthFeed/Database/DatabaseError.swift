import CMariaDB

/// What the database or the way to it refused, as one line.
public struct DatabaseError: Error, CustomStringConvertible {
  /// The server's or the client library's number (`ER_...`, `CR_...`); 0: ours.
  public let code: UInt32
  /// What was wrong.
  public let description: String

  init(_ text: String, code: UInt32 = 0) {
    self.code = code
    description = text
  }

  /// The connection is gone, or the server is going: worth another try.
  public var isLossOfConnection: Bool {
    switch Int32(code) {
    case CR_SERVER_LOST, CR_SERVER_GONE_ERROR, CR_CONNECTION_ERROR, CR_CONN_HOST_ERROR, ER_SERVER_SHUTDOWN:
      true
    default: false
    }
  }

  /// Nobody answers there now.
  var isUnreachable: Bool { isLossOfConnection || code == UInt32(CR_UNKNOWN_HOST) }

  /// Somebody else was in the way: the same query may go well now.
  var isPassing: Bool {
    switch Int32(code) {
    case ER_TABLE_DEF_CHANGED, ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, ER_CHECKREAD: true
    default: false
    }
  }

  /// The log no longer has, or does not have yet, what was asked for.
  public var isLossOfLog: Bool { code == UInt32(ER_MASTER_FATAL_ERROR_READING_BINLOG) }
}
