extension BinlogDecoder {
  /// Row events of these tables carry nothing but the end of a statement.
  private static func isDummy(_ id: UInt64) -> Bool { id == 0xFF_FFFF || id == 0xFFFF_FFFF_FFFF }

  /// Post-header (table id, flags, from version 2 on extra data), number of columns, bitmaps of the columns that the images
  /// have, rows.
  mutating func decodeRows(_ type: UInt8, _ body: UnsafeRawBufferPointer) throws(BinlogError) -> BinlogEvent {
    let shape = RowsShape(type)
    var reader = EventBytes(body)
    let postHeader = format?.postHeader(of: type, standard: shape.hasExtraData ? 10 : 8)
    let id = reader.number(postHeader == 6 ? 4 : 6)
    let endsStatement = reader.uint16() & 1 != 0
    if shape.hasExtraData { reader.skip(max(0, Int(reader.uint16()) - 2)) }
    let width = reader.packed()
    guard !reader.failed else { throw Self.tooShort }
    defer { if endsStatement { tables.statementEnded() } }
    guard let map = tables[id] else {
      if Self.isDummy(id) { return .ignored(type: type) }
      return .unreadableRows(
        nil,
        BinlogError(.damaged, "rows of table number \(id), which no TABLE_MAP event announced", at: position))
    }
    if let refusal = map.refusal {
      return .unreadableRows(
        map,
        BinlogError(
          .unsupported, "table \(map.database).\(map.table) cannot be read: \(refusal)", at: position))
    }
    guard width == UInt64(map.columnCount) else {
      return .unreadableRows(
        map,
        BinlogError(
          .damaged,
          "rows of \(map.database).\(map.table) have \(width) columns, its TABLE_MAP \(map.columnCount)",
          at: position))
    }
    let first = reader.take((map.columnCount + 7) / 8)
    let second = shape.hasSecondBitmap ? reader.take((map.columnCount + 7) / 8) : first
    guard !reader.failed else { throw Self.tooShort }
    var rows = reader.rest
    if shape.isCompressed {
      do throws(BinlogError) {
        rows = try inflation.inflate(rows)
      } catch {
        return .unreadableRows(map, located(error))
      }
    }
    return .rows(
      RowsEvent(
        kind: shape.kind, map: map, isPartial: shape.isPartial, endsStatement: endsStatement,
        firstColumns: first,
        secondColumns: second, rows: rows))
  }
}

/// What the type of a row event says about its layout.
private struct RowsShape {
  let kind: RowsEvent.Kind
  var hasExtraData = false
  var hasSecondBitmap = false
  var isCompressed = false
  var isPartial = false

  init(_ type: UInt8) {
    let first: UInt8
    switch type {
    case EventType.rowsOldest: first = EventType.rowsOldest.lowerBound
    case EventType.rowsV1: first = EventType.rowsV1.lowerBound
    case EventType.rowsV2:
      first = EventType.rowsV2.lowerBound
      hasExtraData = true
    case EventType.compressedRowsV1:
      first = EventType.compressedRowsV1.lowerBound
      isCompressed = true
    case EventType.compressedRowsV2:
      first = EventType.compressedRowsV2.lowerBound
      isCompressed = true
      hasExtraData = true
    default:
      first = type - 1
      hasExtraData = true
      isPartial = true
    }
    switch type - first {
    case 0: kind = .insert
    case 1: kind = .update
    default: kind = .delete
    }
    // The oldest version has one bitmap for both images.
    hasSecondBitmap = kind == .update && first != EventType.rowsOldest.lowerBound
  }
}
