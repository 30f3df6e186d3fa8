extension BinlogDecoder {
  /// Post-header (thread, seconds, length of the database, error, length of the status), status, database, text.
  mutating func decodeQuery(_ type: UInt8, _ body: UnsafeRawBufferPointer) throws(BinlogError) -> QueryEvent {
    var reader = EventBytes(body)
    reader.skip(8)
    let databaseLength = Int(reader.byte())
    let errorCode = reader.uint16()
    let statusLength = Int(reader.uint16())
    let standard = type == EventType.executeLoadQuery ? 26 : 13
    reader.skip(max(0, (format?.postHeader(of: type, standard: standard) ?? standard) - 13))
    reader.skip(statusLength)
    let database = reader.take(databaseLength)
    _ = reader.byte()
    guard !reader.failed else { throw Self.tooShort }
    var text = reader.rest
    if type == EventType.compressedQuery { text = try inflation.inflate(text) }
    let statement =
      type == EventType.executeLoadQuery ? .rowChange : StatementParser.classify(text, database: database)
    return QueryEvent(
      database: database, text: text, errorCode: errorCode, statement: statement,
      ending: ending(statement, text))
  }

  /// How the statement ends a transaction, and whether one is open after it.
  private mutating func ending(_ statement: QueryStatement, _ text: UnsafeRawBufferPointer)
    -> TransactionEnding?
  {
    switch statement {
    case .begin, .xaStart:
      isInTransaction = true
      return nil
    case .savepoint, .rollbackToSavepoint, .xaEnd, .xaPrepare: return nil
    case .commit:
      isInTransaction = false
      return .commit
    case .rollback:
      isInTransaction = false
      return .rollback
    case .xaCommit(let id):
      isInTransaction = false
      return .xaCommit(id)
    case .xaRollback(let id):
      isInTransaction = false
      return .xaRollback(id)
    case .ddl(.create, _) where Self.opensTransaction(text):
      isInTransaction = true
      return nil
    case .ddl, .dropDatabase, .rowChange, .other:
      // A statement outside of a transaction is one by itself.
      return isInTransaction ? nil : .commit
    }
  }

  /// MySQL 8.0.21: CREATE TABLE .. SELECT is logged as CREATE TABLE .. START TRANSACTION, rows, XID.
  private static func opensTransaction(_ text: UnsafeRawBufferPointer) -> Bool {
    let suffix: StaticString = "START TRANSACTION"
    let end = (text.lastIndex { $0 > 32 } ?? -1) + 1
    guard end >= suffix.utf8CodeUnitCount else { return false }
    for index in 0..<suffix.utf8CodeUnitCount {
      if text[end - suffix.utf8CodeUnitCount + index] & 0xDF != suffix.utf8Start[index] & 0xDF {
        return false
      }
    }
    return true
  }
}
