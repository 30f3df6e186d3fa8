import HearthConfig

/// Makes the value of a requery of the rows of its result, one after the other.
public struct RequeryResult: Sendable {
  private let writer: JSONObjectWriter?
  private let limit: Int
  private var start = 0
  private var rows = 0
  private var isFound = false
  private var isTooLarge = false

  /// What a result became.
  public enum Outcome: Sendable, Equatable {
    /// The buffer holds the value.
    case value
    /// `single` found no row, or NULL: there is no entry.
    case nothing
    /// The value would have more bytes than the limit.
    case tooLarge
  }

  /// For results with these columns; `limit`: bytes that a value may have.
  ///
  /// - Throws: `single` is for one column.
  public init(_ requery: RequeryConfiguration, columns: [Column], limit: Int) throws(MappingError) {
    self.limit = limit
    switch requery.value {
    case .list: writer = JSONObjectWriter(columns: columns, chosen: Array(columns.indices))
    case .single:
      guard columns.count == 1 else {
        throw MappingError(
          "requery \(quoted(requery.key.description)): the statement has \(columns.count) columns; select one, or write "
            + "value: list")
      }
      writer = nil
    }
  }

  /// Begins a value behind what the buffer holds.
  public mutating func begin(_ buffer: inout RenderBuffer) {
    start = buffer.count
    rows = 0
    isFound = false
    isTooLarge = false
    if writer != nil { buffer.append(UInt8(ascii: "[")) }
  }

  /// Adds a row; of a `single` the first counts. False: further rows change nothing.
  public mutating func add(_ row: borrowing RowImage, to buffer: inout RenderBuffer) -> Bool {
    if isTooLarge { return false }
    if let writer {
      if rows > 0 { buffer.append(UInt8(ascii: ",")) }
      rows += 1
      isTooLarge = !writer.write(row, into: &buffer, limit: max(0, limit - 1 - (buffer.count - start)))
      return !isTooLarge
    }
    guard rows == 0 else { return false }
    rows = 1
    let value = row[0]
    isFound = value.state == .value
    isTooLarge = value.bytes.count > limit
    if isFound, !isTooLarge { buffer.append(value.bytes) }
    return false
  }

  /// Ends the value; what the buffer got since `begin` is it, and nothing for the other outcomes.
  public mutating func end(_ buffer: inout RenderBuffer) -> Outcome {
    if writer != nil, !isTooLarge { buffer.append(UInt8(ascii: "]")) }
    if isTooLarge || buffer.count - start > limit {
      buffer.truncate(to: start)
      return .tooLarge
    }
    return writer != nil || isFound ? .value : .nothing
  }
}
