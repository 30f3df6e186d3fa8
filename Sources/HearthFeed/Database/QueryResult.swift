import CMariaDB

/// The rows of a query, in memory.
public struct QueryResult: ~Copyable {
  private let result: UnsafeMutablePointer<MYSQL_RES>
  /// Number of columns.
  public let columns: Int
  /// Number of rows.
  public let rows: Int

  init(_ result: UnsafeMutablePointer<MYSQL_RES>) {
    self.result = result
    columns = Int(mysql_num_fields(result))
    rows = Int(mysql_num_rows(result))
  }

  deinit { mysql_free_result(result) }

  /// The next row; its values stay as long as the result. False: there is none.
  @inline(__always)
  public func next(into image: inout RowImage) -> Bool {
    guard let row = mysql_fetch_row(result) else { return false }
    image.fill(row, mysql_fetch_lengths(result).unsafelyUnwrapped, columns: columns)
    return true
  }

  /// Names and kinds of the columns, as far as the server tells them in an answer.
  public var definitions: [Column] {
    guard let fields = mysql_fetch_fields(result) else { return [] }
    return (0..<columns).map { i in
      let field = fields[i]
      return Column(name: String(cString: field.name), kind: ColumnKind(field))
    }
  }

  /// Begins anew with the first row.
  public func rewind() { mysql_data_seek(result, 0) }

  /// All rows as text, nil for NULL. For small answers.
  public var texts: [[String?]] {
    var all: [[String?]] = []
    while let row = mysql_fetch_row(result) {
      let lengths = mysql_fetch_lengths(result).unsafelyUnwrapped
      all.append(
        (0..<columns).map { i in
          row[i].map {
            String(decoding: UnsafeRawBufferPointer(start: $0, count: Int(lengths[i])), as: UTF8.self)
          }
        })
    }
    return all
  }
}
