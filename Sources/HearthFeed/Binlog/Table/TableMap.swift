/// The TABLE_MAP event: which table the row events with its number are about, and what their bytes mean. Immutable, one
/// object for as long as the server describes the table the same way: a `RowReader` can be kept beside it.
public final class TableMap: Sendable {
  /// The number that row events name; a new one after every ALTER.
  public let id: UInt64
  /// Database.
  public let database: String
  /// Table.
  public let table: String
  /// Why rows of this table cannot be read; nil: they can.
  public let refusal: String?
  /// The columns, when the server tells them (`binlog_row_metadata=FULL`).
  public let schema: TableSchema?

  let columns: [WireColumn]
  /// The event's body: what is the same needs no second reading.
  private let body: [UInt8]

  /// No server allows more (MySQL and InnoDB: 1,017, MyISAM: 4,096).
  static let mostColumns = 4096

  /// Columns of the table.
  public var columnCount: Int { columns.count }

  /// Bytes kept, about.
  var cost: Int { body.count + 512 }

  /// Reads the body, after the id of `idSize` bytes and the flags.
  init(_ bytes: UnsafeRawBufferPointer, idSize: Int, isMariaDB: Bool) throws(BinlogError) {
    var reader = EventBytes(bytes)
    id = reader.number(idSize)
    _ = reader.uint16()
    let databaseBytes = reader.take(Int(reader.byte()))
    _ = reader.byte()
    let tableBytes = reader.take(Int(reader.byte()))
    _ = reader.byte()
    let types = reader.take(reader.count())
    let metadata = reader.take(reader.count())
    // Which columns may be NULL: every row tells.
    reader.skip((types.count + 7) / 8)
    guard !reader.failed, types.count >= 1, types.count <= Self.mostColumns else {
      throw BinlogError(.damaged, "TABLE_MAP event is too short or has no columns")
    }
    database = String(decoding: databaseBytes, as: UTF8.self)
    table = String(decoding: tableBytes, as: UTF8.self)
    body = Array(bytes)
    var columns: [WireColumn] = []
    var refusal = Self.readColumns(types, EventBytes(metadata), &columns)
    var names: TableMetadata?
    if refusal == nil {
      names = TableMetadata(&columns, &reader, isMariaDB: isMariaDB)
      if names == nil { refusal = "its table map's metadata is damaged" }
    }
    self.columns = columns
    self.refusal = refusal
    schema = names.flatMap { TableSchema(columns, $0) }
  }

  /// Whether the body of an event describes the table in the same words.
  func isDescribed(by bytes: UnsafeRawBufferPointer) -> Bool {
    body.count == bytes.count && body.withUnsafeBytes { $0.elementsEqual(bytes) }
  }

  /// What is wrong; nil: every column is understood.
  private static func readColumns(
    _ types: UnsafeRawBufferPointer, _ bytes: EventBytes, _ columns: inout [WireColumn]
  ) -> String? {
    var metadata = bytes
    columns.reserveCapacity(types.count)
    for (index, type) in types.enumerated() {
      if let refusal = WireType.refusal(type) { return "its column \(index + 1) \(refusal)" }
      guard let column = WireColumn(type: type, metadata: &metadata), !metadata.failed else {
        return "the metadata of its column \(index + 1) is damaged"
      }
      columns.append(column)
    }
    return metadata.left == 0 ? nil : "its table map has metadata for more columns than it names"
  }
}
