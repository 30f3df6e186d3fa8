import CMariaDB
import Glibc

/// A connection to MySQL or MariaDB. It blocks, so it belongs to one thread, except for `interrupt`.
public struct DatabaseConnection: ~Copyable {
  let handle: UnsafeMutablePointer<MYSQL>

  /// Seconds to wait for a connection.
  private static let connectTimeout: UInt32 = 10

  private init(handle: UnsafeMutablePointer<MYSQL>) { self.handle = handle }

  deinit { mysql_close(handle) }

  /// Connects, with all text in UTF-8 and times in UTC.
  /// - Parameter readTimeout: Seconds of silence after which the connection counts as lost. A query may take long before
  ///   its first row.
  public static func open(
    _ address: DatabaseAddress, readTimeout: UInt32 = 600
  ) throws(DatabaseError) -> DatabaseConnection {
    guard let made = mysql_init(nil) else { throw DatabaseError("libmariadb: out of memory") }
    let connection = DatabaseConnection(handle: made)
    _ = hearth_mysql_option_number(made, MYSQL_OPT_CONNECT_TIMEOUT, connectTimeout)
    _ = hearth_mysql_option_number(made, MYSQL_OPT_READ_TIMEOUT, readTimeout)
    _ = hearth_mysql_option_number(made, MYSQL_OPT_WRITE_TIMEOUT, 30)
    _ = hearth_mysql_option_text(made, MYSQL_SET_CHARSET_NAME, "utf8mb4")
    // A server that was taken over must not get at this machine's files.
    _ = hearth_mysql_option_number(made, MYSQL_OPT_LOCAL_INFILE, 0)
    encrypt(made, address)
    let connected: UnsafeMutablePointer<MYSQL>?
    switch address.place {
    case .host(let name, let port):
      _ = hearth_mysql_option_number(made, MYSQL_OPT_PROTOCOL, MYSQL_PROTOCOL_TCP.rawValue)
      connected = mysql_real_connect(
        made, name, address.user, address.password, nil, UInt32(port), nil, 0)
    case .socket(let path):
      _ = hearth_mysql_option_number(made, MYSQL_OPT_PROTOCOL, MYSQL_PROTOCOL_SOCKET.rawValue)
      connected = mysql_real_connect(made, nil, address.user, address.password, nil, 0, path, 0)
    }
    if connected == nil { throw connection.error("cannot connect to \(address.description)") }
    do throws(DatabaseError) {
      try connection.execute(
        "SET SESSION sql_mode = '', time_zone = '+00:00', wait_timeout = 86400, net_write_timeout = 600")
    } catch {
      throw connection.error("cannot connect to \(address.description)")
    }
    return connection
  }

  private static func encrypt(_ handle: UnsafeMutablePointer<MYSQL>, _ address: DatabaseAddress) {
    if address.encryption == .off {
      _ = hearth_mysql_option_flag(handle, MYSQL_OPT_SSL_ENFORCE, 0)
      _ = hearth_mysql_option_flag(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, 0)
      return
    }
    _ = hearth_mysql_option_flag(handle, MYSQL_OPT_SSL_ENFORCE, 1)
    let verifies = address.encryption == .verified
    _ = hearth_mysql_option_flag(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, verifies ? 1 : 0)
    if let authority = address.authority { _ = hearth_mysql_option_text(handle, MYSQL_OPT_SSL_CA, authority) }
    if let (certificate, key) = address.certificate {
      _ = hearth_mysql_option_text(handle, MYSQL_OPT_SSL_CERT, certificate)
      _ = hearth_mysql_option_text(handle, MYSQL_OPT_SSL_KEY, key)
    }
  }

  /// The library's last error.
  func error(_ what: String) -> DatabaseError {
    DatabaseError("\(what): \(String(cString: mysql_error(handle)))", code: mysql_errno(handle))
  }

  /// Runs a statement whose rows, if any, do not matter.
  public func execute(_ sql: String) throws(DatabaseError) {
    try send(sql)
    if let result = mysql_store_result(handle) { mysql_free_result(result) }
    if mysql_errno(handle) != 0 { throw error(Self.verb(sql)) }
  }

  /// Runs a query and keeps its rows in memory.
  public func query(_ sql: String) throws(DatabaseError) -> QueryResult {
    try send(sql)
    guard let result = mysql_store_result(handle) else { throw error(Self.verb(sql)) }
    return QueryResult(result)
  }

  /// Runs a query whose rows are received one by one, with no more than one of them in memory. The connection is not good
  /// for anything else until the result is gone.
  func stream(_ sql: String) throws(DatabaseError) -> QueryStream {
    try send(sql)
    guard let result = mysql_use_result(handle) else { throw error(Self.verb(sql)) }
    return QueryStream(result, handle)
  }

  /// The first row as text, nil for NULL; nil without a row.
  public func row(_ sql: String) throws(DatabaseError) -> [String?]? {
    try query(sql).texts.first
  }

  private func send(_ sql: String) throws(DatabaseError) {
    var sql = sql
    let code = sql.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { mysql_real_query(handle, $0.baseAddress, UInt($0.count)) }
    }
    if code != 0 { throw error(Self.verb(sql)) }
  }

  /// The first word of a statement: more of it may hold what must not be written anywhere.
  private static func verb(_ sql: String) -> String {
    sql.prefix { $0 != " " }.uppercased()
  }

  /// Its socket, for `interrupt`.
  public var socket: Int32 { mysql_get_socket(handle) }

  /// Ends whatever the connection's thread waits for: the call fails with a loss of connection. Any thread, while the
  /// connection is open.
  public static func interrupt(socket: Int32) { _ = shutdown(socket, Int32(SHUT_RDWR)) }
}
