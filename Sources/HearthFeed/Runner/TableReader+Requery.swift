import HearthConfig

/// Lists and joins.
extension TableReader {
  /// Asks them, in one view that has all that was applied, and stores them.
  func perform(_ requests: [RequeryRequest], _ connection: borrowing DatabaseConnection) throws(DatabaseError)
  {
    guard let server, let applied = feed.monitor.locked({ feed.applied }) else { return }
    var left = requests[...]
    defer { feed.monitor.locked { for request in left { feed.requeries.add(request, isNewer: false) } } }
    guard try Snapshot.begin(connection, server, since: applied) != nil else {
      // A change is not visible yet.
      try Snapshot.end(connection)
      _ = feed.pause(milliseconds: 2)
      return
    }
    while let request = left.first {
      do throws(DatabaseError) {
        try perform(request, connection)
      } catch {
        if error.isLossOfConnection || error.isPassing { throw error }
        // A wrong statement must not keep the others from being asked.
        refuse(feed.tables[request.table].configuration.requeries[request.target], error)
      }
      left.removeFirst()
    }
    try Snapshot.end(connection)
  }

  private func perform(
    _ request: RequeryRequest, _ connection: borrowing DatabaseConnection
  ) throws(DatabaseError) {
    let table = feed.tables[request.table]
    let configuration = table.configuration.requeries[request.target]
    guard let kinds = feed.monitor.locked({ parameterKinds(table, configuration) }) else { return }
    // Names in the statement are those of the table's own database.
    if database != table.name.database {
      try connection.execute("USE \(SQLText.name(table.name.database))")
      database = table.name.database
    }
    var value = RenderBuffer()
    let result = try connection.query(statement(configuration, request, kinds))
    let outcome = try render(configuration, result, into: &value)
    feed.awaitRoom()
    feed.monitor.locked {
      feed.status.requeries += 1
      request.key.withUnsafeBytes { store(outcome, value.bytes, table.pool, $0, request) }
    }
    feed.push()
  }

  /// Under the lock.
  private func store(
    _ outcome: RequeryResult.Outcome, _ value: UnsafeRawBufferPointer, _ pool: Int,
    _ key: UnsafeRawBufferPointer,
    _ request: RequeryRequest
  ) {
    switch outcome {
    case .value:
      switch feed.target.store(
        pool: pool, key: key, value: value, flags: request.flags, ttl: request.ttl, note: .nothing)
      {
      case .stored, .sent: feed.status.stored += 1
      case .tooLarge: feed.status.skipped += 1
      case .noMemory: feed.status.outOfMemory += 1
      }
    case .nothing: feed.target.remove(pool: pool, key: key, note: .nothing)
    case .tooLarge:
      feed.target.remove(pool: pool, key: key, note: .nothing)
      feed.status.skipped += 1
    }
  }

  /// A statement that the server does not take is told once.
  private func refuse(_ requery: RequeryConfiguration, _ error: DatabaseError) {
    let line = "requery \(requery.key): \(error)"
    feed.monitor.locked { feed.status.lastError = line }
    if refused[requery.key.description] == error.description { return }
    refused[requery.key.description] = error.description
    feed.tell(line)
  }

  private func parameterKinds(_ table: FollowedTable, _ requery: RequeryConfiguration) -> [ColumnKind]? {
    guard let columns = table.mapping?.columns else { return nil }
    return requery.statement.parameters.map { name in columns.first { $0.name == name }?.kind ?? .text }
  }

  /// The statement with its parameters in their places.
  private func statement(_ requery: RequeryConfiguration, _ request: RequeryRequest, _ kinds: [ColumnKind])
    -> String
  {
    let pieces = requery.statement.text.split(separator: "?", omittingEmptySubsequences: false)
    var sql = ""
    for (i, piece) in pieces.enumerated() {
      sql += piece
      if i < request.parameters.count {
        sql += request.parameters[i].withUnsafeBytes { RowQuery.literal(RowValue($0), kinds[i]) }
      }
    }
    return sql
  }

  private func render(
    _ requery: RequeryConfiguration, _ result: borrowing QueryResult, into value: inout RenderBuffer
  ) throws(DatabaseError) -> RequeryResult.Outcome {
    do {
      var writer = try RequeryResult(requery, columns: result.definitions, limit: 1 << 30)
      writer.begin(&value)
      while result.next(into: &image) {
        if !writer.add(image, to: &value) { break }
      }
      return writer.end(&value)
    } catch {
      throw DatabaseError("\(error)")
    }
  }
}
