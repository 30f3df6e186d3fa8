extension BinlogDecoder {
  /// An event from its body without checksum.
  mutating func decode(_ header: EventHeader, _ body: UnsafeRawBufferPointer) throws(BinlogError)
    -> BinlogEvent
  {
    switch header.type {
    case EventType.rowsV2, EventType.rowsV1, EventType.partialUpdateRows, EventType.compressedRowsV1,
      EventType.compressedRowsV2, EventType.rowsOldest:
      return try decodeRows(header.type, body)
    case EventType.tableMap:
      let idSize = format?.postHeader(of: EventType.tableMap, standard: 8) == 6 ? 4 : 6
      return .tableMap(try tables.add(body, idSize: idSize, isMariaDB: format?.isMariaDB ?? false))
    case EventType.query, EventType.compressedQuery, EventType.executeLoadQuery:
      do throws(BinlogError) {
        return .query(try decodeQuery(header.type, body))
      } catch {
        // So long a text changes rows, of whatever table.
        guard error.reason == .tooLarge else { throw error }
        return .unreadableRows(nil, located(error))
      }
    case EventType.xid:
      isInTransaction = false
      var reader = EventBytes(body)
      let number = reader.uint64()
      return try whole(reader, .xid(number))
    case EventType.xaPrepare: return try decodeXAPrepare(body)
    case EventType.mariadbGTID: return try decodeMariaDBGTID(header, body)
    case EventType.mariadbGTIDList: return try decodeGTIDList(body)
    case EventType.mysqlGTID: return try decodeMySQLGTID(body)
    case EventType.taggedGTID:
      isInTransaction = false
      guard let id = TaggedGTIDBody.read(body) else { throw Self.tooShort }
      return .mysqlGTID(id)
    case EventType.anonymousGTID:
      isInTransaction = false
      return .mysqlGTID(nil)
    case EventType.previousGTIDs: return .mysqlPreviousGTIDs(body)
    case EventType.rotate:
      var reader = EventBytes(body)
      let offset = reader.uint64()
      guard !reader.failed, reader.left > 0, reader.left <= 512 else { throw Self.tooShort }
      guard offset <= UInt64(Int64.max) else {
        throw BinlogError(.damaged, "a ROTATE event leads to position \(offset), beyond any file")
      }
      return .rotate(BinlogPosition(file: String(decoding: reader.rest, as: UTF8.self), offset: offset))
    case EventType.heartbeat, EventType.heartbeatV2: return try decodeHeartbeat(header, body)
    case EventType.incident:
      var reader = EventBytes(body)
      _ = reader.uint16()
      let message = reader.take(Int(reader.byte()))
      // The message may be missing.
      return .incident(message: String(decoding: message, as: UTF8.self))
    case EventType.startEncryption: return .ignored(type: header.type)
    case let type where EventType.isOfNoUse(type): return .ignored(type: type)
    default: return .unknown(type: header.type, ignorable: header.flags & EventHeader.ignorable != 0)
    }
  }

  func located(_ error: BinlogError) -> BinlogError {
    BinlogError(error.reason, error.message, at: error.position ?? position)
  }

  static var tooShort: BinlogError { BinlogError(.damaged, "an event is shorter than its type demands") }

  private func whole(_ reader: EventBytes, _ event: BinlogEvent) throws(BinlogError) -> BinlogEvent {
    if reader.failed { throw Self.tooShort }
    return event
  }

  /// One phase, format, length of both parts, parts (`XA_prepare_event`).
  private mutating func decodeXAPrepare(_ body: UnsafeRawBufferPointer) throws(BinlogError) -> BinlogEvent {
    isInTransaction = false
    var reader = EventBytes(body)
    let onePhase = reader.byte() != 0
    let format = reader.uint32()
    let globalLength = Int(reader.uint32())
    let branchLength = Int(reader.uint32())
    guard globalLength <= XAIdentifier.longestPart, branchLength <= XAIdentifier.longestPart else {
      throw Self.tooShort
    }
    let global = Array(reader.take(globalLength))
    let id = XAIdentifier(format: format, global: global, branch: Array(reader.take(branchLength)))
    return try whole(reader, .xaPrepare(id, onePhase: onePhase))
  }

  /// Sequence number, domain, flags (`Gtid_log_event`).
  private mutating func decodeMariaDBGTID(
    _ header: EventHeader, _ body: UnsafeRawBufferPointer
  ) throws(BinlogError) -> BinlogEvent {
    var reader = EventBytes(body)
    let sequence = reader.uint64()
    let domain = reader.uint32()
    let flags = reader.byte()
    isInTransaction = flags & 1 == 0
    let transaction = MariaDBTransaction(
      id: MariaDBGTID(domain: domain, server: header.serverID, sequence: sequence),
      isStandalone: flags & 1 != 0,
      isDDL: flags & 32 != 0, isPrepared: flags & 64 != 0, completesPrepared: flags & 128 != 0)
    return try whole(reader, .mariadbGTID(transaction))
  }

  private func decodeGTIDList(_ body: UnsafeRawBufferPointer) throws(BinlogError) -> BinlogEvent {
    var reader = EventBytes(body)
    let count = Int(reader.uint32() & 0xFFF_FFFF)
    guard count <= reader.left / 16 else { throw Self.tooShort }
    var list: [MariaDBGTID] = []
    list.reserveCapacity(count)
    for _ in 0..<count {
      let domain = reader.uint32()
      let server = reader.uint32()
      list.append(MariaDBGTID(domain: domain, server: server, sequence: reader.uint64()))
    }
    return try whole(reader, .mariadbGTIDList(list))
  }

  /// Flags, UUID, number (`Gtid_event`).
  private mutating func decodeMySQLGTID(_ body: UnsafeRawBufferPointer) throws(BinlogError) -> BinlogEvent {
    isInTransaction = false
    var reader = EventBytes(body)
    _ = reader.byte()
    let high = reader.uint64().byteSwapped
    let low = reader.uint64().byteSwapped
    let number = Int64(bitPattern: reader.uint64())
    return try whole(reader, .mysqlGTID(MySQLGTID(high: high, low: low, tag: "", number: number)))
  }

  private func decodeHeartbeat(
    _ header: EventHeader, _ body: UnsafeRawBufferPointer
  ) throws(BinlogError) -> BinlogEvent {
    var reader = EventBytes(body)
    var offset = UInt64(header.nextPosition)
    guard header.type == EventType.heartbeatV2 else {
      // MariaDB: positions beyond 4 GiB stand in the body.
      if offset == 0, format?.isMariaDB == true { offset = reader.uint64() }
      return try whole(
        reader, .heartbeat(BinlogPosition(file: String(decoding: reader.rest, as: UTF8.self), offset: offset))
      )
    }
    var file = ""
    while reader.left > 0 {
      let type = reader.byte()
      if type == 0 { break }
      var field = EventBytes(reader.take(reader.count()))
      if type == 1 { file = String(decoding: field.rest, as: UTF8.self) }
      if type == 2 { offset = field.packed() }
    }
    return try whole(reader, .heartbeat(BinlogPosition(file: file, offset: offset)))
  }
}
