import CMariaDB

/// The rows of a query, received one by one.
struct QueryStream: ~Copyable {
  private let result: UnsafeMutablePointer<MYSQL_RES>
  private let handle: UnsafeMutablePointer<MYSQL>
  private let columns: Int

  init(_ result: UnsafeMutablePointer<MYSQL_RES>, _ handle: UnsafeMutablePointer<MYSQL>) {
    self.result = result
    self.handle = handle
    columns = Int(mysql_num_fields(result))
  }

  /// Receives what is left, so that the connection is free again.
  deinit { mysql_free_result(result) }

  /// The next row; its values stay in place until the next call. False: there is none.
  func next(into image: inout RowImage) throws(DatabaseError) -> Bool {
    guard let row = mysql_fetch_row(result) else {
      let code = mysql_errno(handle)
      if code != 0 {
        throw DatabaseError("reading rows: \(String(cString: mysql_error(handle)))", code: code)
      }
      return false
    }
    image.fill(row, mysql_fetch_lengths(result).unsafelyUnwrapped, columns: columns)
    return true
  }
}
