/// Rows of one table that one event tells. A `RowReader` reads them; they stay in place until the decoder is asked for the
/// next event.
public struct RowsEvent {
  /// What happened to the rows.
  public enum Kind: Sendable {
    case insert
    case update
    case delete
  }

  /// What happened to the rows.
  public let kind: Kind
  /// The table.
  public let map: TableMap
  /// MySQL's PARTIAL_UPDATE_ROWS: JSON columns of the after-image may be told as changes only, which leaves them absent.
  /// Read these rows again.
  public let isPartial: Bool
  /// The last event of its statement.
  public let endsStatement: Bool

  /// Which columns the before-image (of an insert: the after-image) has, one bit each from the lowest on.
  let firstColumns: UnsafeRawBufferPointer
  /// Which columns the after-image of an update has.
  let secondColumns: UnsafeRawBufferPointer
  /// Row after row: for each image a bitmap of NULLs, then the values.
  let rows: UnsafeRawBufferPointer

  /// Whether the images have all columns (`binlog_row_image=FULL`).
  public var isFull: Bool {
    Self.ones(firstColumns, of: map.columnCount) == map.columnCount
      && (kind != .update || Self.ones(secondColumns, of: map.columnCount) == map.columnCount)
  }

  /// Bits that are set among the first `count`. The bitmap has them all.
  static func ones(_ bitmap: UnsafeRawBufferPointer, of count: Int) -> Int {
    var ones = 0
    for index in 0..<count / 8 { ones += bitmap[index].nonzeroBitCount }
    if count % 8 > 0 { ones += (bitmap[count / 8] & (UInt8(1) << UInt8(count % 8) - 1)).nonzeroBitCount }
    return ones
  }
}
