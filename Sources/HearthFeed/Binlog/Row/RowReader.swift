/// Reads the rows of one table from its events into images. Belongs to one thread; nothing is allocated per row. Kept for as
/// long as the decoder tells the same `TableMap` object and the schema from outside is the same.
public final class RowReader {
  /// The table.
  public let map: TableMap
  /// Its columns as they are shown.
  public let columns: [ColumnSchema]

  let steps: UnsafeMutablePointer<ColumnStep>
  let conversions: [TextConversion]
  let members: MemberTexts
  /// How many bytes the compressed values of the row may still become.
  var decompressedLeft = 0
  /// They would become more.
  var isOverLimit = false
  let inflater: Inflater?
  private let jsonColumns: Int
  private let decompressedLimit: Int

  private var event: RowsEvent?
  private var firstCount = 0
  private var secondCount = 0
  private var offset = 0

  /// `schema` is what is known from information_schema, necessary unless the log has full metadata, and for UUID and INET.
  /// Of columns that are not `wanted` (nil: all are) the images tell nothing. A row whose compressed values become more
  /// than the limit is an error.
  ///
  /// Throws `tableChanged` for a schema that does not fit, `unsupported` for a table that cannot be read.
  public init(
    _ map: TableMap, schema: TableSchema? = nil, wanted: [Int]? = nil, decompressedLimit: Int = 16 << 20
  ) throws(BinlogError) {
    let columns = try map.columns(schema)
    var sets: [CharacterSet: Int32] = [:]
    var conversions: [TextConversion] = []
    var members = MemberTexts()
    var steps: [ColumnStep] = []
    for (wire, column) in zip(map.columns, columns) {
      var step = ColumnStep(wire, column)
      switch step.rendering {
      case .converted:
        if let index = sets[column.characterSet] {
          step.index = index
        } else {
          guard let conversion = TextConversion(column.characterSet) else {
            throw BinlogError(
              .unsupported,
              "\(map.database).\(map.table) cannot be read: iconv does not know \(column.characterSet)")
          }
          step.index = Int32(conversions.count)
          sets[column.characterSet] = step.index
          conversions.append(conversion)
        }
      case .enumeration, .set: step.index = Int32(members.add(column.members))
      default: break
      }
      steps.append(step)
    }
    if let wanted {
      for index in steps.indices { steps[index].isWanted = false }
      for index in wanted where steps.indices.contains(index) { steps[index].isWanted = true }
    }
    self.map = map
    self.columns = columns
    self.conversions = conversions
    self.members = members
    self.decompressedLimit = decompressedLimit
    inflater = steps.contains { $0.isCompressed } ? Inflater() : nil
    jsonColumns = steps.count { $0.isBinaryJSON }
    self.steps = .allocate(capacity: steps.count)
    self.steps.initialize(from: steps, count: steps.count)
  }

  deinit { steps.deallocate() }

  /// Begins with the rows of an event of this table.
  public func begin(_ event: RowsEvent) {
    precondition(event.map === map)
    self.event = event
    offset = 0
    firstCount = RowsEvent.ones(event.firstColumns, of: map.columnCount)
    secondCount = event.kind == .update ? RowsEvent.ones(event.secondColumns, of: map.columnCount) : 0
  }

  /// Fills the images with the next row; false: the event has no more. Of an insert `before`, of a delete `after` has
  /// nothing. Values point into the event, into the images and into this reader.
  ///
  /// Throws `damaged`, or `tooLarge` for compressed values: what rows are left in the event is not known, so verify the table.
  public func next(before: inout RowImage, after: inout RowImage) throws(BinlogError) -> Bool {
    guard let event else { return false }
    let start = offset
    guard start < event.rows.count || (start == 0 && firstCount + secondCount == 0) else {
      self.event = nil
      return false
    }
    var position = start
    decompressedLeft = decompressedLimit
    isOverLimit = false
    let isRead: Bool
    switch event.kind {
    case .insert:
      before.begin(columns: 0)
      isRead = read(event.rows, &position, event.firstColumns, firstCount, &after)
    case .delete:
      after.begin(columns: 0)
      isRead = read(event.rows, &position, event.firstColumns, firstCount, &before)
    case .update:
      isRead =
        read(event.rows, &position, event.firstColumns, firstCount, &before)
        && readAfter(event, &position, &after)
    }
    guard isRead, position > start || event.rows.isEmpty else {
      self.event = nil
      if isOverLimit {
        throw BinlogError(
          .tooLarge,
          "compressed values of a row of \(map.database).\(map.table) exceed \(decompressedLimit) bytes")
      }
      throw BinlogError(
        .damaged, "a row of \(map.database).\(map.table) cannot be read: its bytes do not fit the columns")
    }
    offset = position
    if event.rows.isEmpty { self.event = nil }
    return true
  }

  private func readAfter(_ event: RowsEvent, _ position: inout Int, _ image: inout RowImage) -> Bool {
    guard event.isPartial else {
      return read(event.rows, &position, event.secondColumns, secondCount, &image)
    }
    // Options, and if they say so a bit for each JSON column of the table: whether only changes follow.
    var reader = EventBytes(event.rows, from: position)
    let options = reader.packed()
    let changes =
      options & 1 == 1 ? reader.take((jsonColumns + 7) / 8) : UnsafeRawBufferPointer(start: nil, count: 0)
    guard !reader.failed else { return false }
    position = reader.offset
    return read(event.rows, &position, event.secondColumns, secondCount, &image, changes)
  }

  /// Reads one image. `present` columns of them have a value or a NULL.
  private func read(
    _ rows: UnsafeRawBufferPointer, _ position: inout Int, _ columns: UnsafeRawBufferPointer, _ present: Int,
    _ image: inout RowImage, _ changes: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
  ) -> Bool {
    let count = map.columnCount
    image.begin(columns: count)
    guard present > 0 else { return true }
    let nullSize = (present + 7) / 8
    guard nullSize <= rows.count - position, let base = rows.baseAddress, let bitmap = columns.baseAddress
    else {
      return false
    }
    let nulls = base + position
    var offset = position + nullSize
    var bit = 0
    var json = 0
    for column in 0..<count {
      let step = steps + column
      let isJSON = step.pointee.isBinaryJSON
      if isJSON { json += 1 }
      if bitmap.load(fromByteOffset: column >> 3, as: UInt8.self) >> UInt8(column & 7) & 1 == 0 { continue }
      let isNull = nulls.load(fromByteOffset: bit >> 3, as: UInt8.self) >> UInt8(bit & 7) & 1 == 1
      bit += 1
      if isNull {
        if step.pointee.isWanted { image.set(column, RowValue(.null)) }
        continue
      }
      var size = Int(step.pointee.size)
      let lengthSize = Int(step.pointee.lengthSize)
      if lengthSize > 0 {
        guard lengthSize <= rows.count - offset else { return false }
        size = Int(ByteOrder.little(base + offset, lengthSize))
        offset += lengthSize
      }
      guard size <= rows.count - offset else { return false }
      let value = UnsafeRawBufferPointer(start: base + offset, count: size)
      offset += size
      guard step.pointee.isWanted else { continue }
      if isJSON, !changes.isEmpty, changes[(json - 1) >> 3] >> UInt8((json - 1) & 7) & 1 == 1 { continue }
      guard render(step, value, column, &image) else { return false }
    }
    position = offset
    return true
  }
}
