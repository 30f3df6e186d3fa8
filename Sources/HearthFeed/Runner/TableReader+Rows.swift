import HearthConfig

/// Single rows and lists.
extension TableReader {
  /// Reads a row whose image was not complete.
  func perform(_ reread: Reread, _ connection: borrowing DatabaseConnection) throws(DatabaseError) {
    let table = feed.tables[reread.table]
    guard
      let (definition, mapping, start) = feed.monitor.locked({
        () -> (TableDefinition, TableMapping, BinlogPosition)? in
        guard table.generation == reread.generation, let definition = table.definition,
          let mapping = table.mapping
        else {
          // Its columns have changed since: all of it is read.
          table.want(.reload)
          return nil
        }
        feed.changed.open()
        return (definition, mapping, max(feed.position ?? reread.position, reread.position))
      })
    else { return }
    let place = try Snapshot.begin(connection, feed.serverKind)
    let query = RowQuery(definition)
    let isThere = awaitPosition(place)
    var found = false
    effects.removeAll()
    if isThere {
      let result = try connection.query(query.row(reread.key))
      found = result.next(into: &image)
      query.normalize(&image)
    }
    try Snapshot.end(connection)
    feed.monitor.locked {
      defer { feed.changed.close() }
      // The row was not visible yet, or too much has changed: once more.
      if !isThere || place < start || feed.changed.hasOverflown {
        feed.rereads.append(reread)
        return
      }
      if found { complete(table, mapping) }
    }
    effects.removeAll()
  }

  /// Under the lock: what the row says now, unless the log has said more since.
  private func complete(_ table: FollowedTable, _ mapping: TableMapping) {
    if mapping.qualifies(image) == false {
      withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { room in
        for entry in table.configuration.entries.indices {
          guard let length = try? mapping.renderKey(ofEntry: entry, image, into: room) else { continue }
          let key = UnsafeRawBufferPointer(rebasing: room[..<length])
          if !feed.changed.contains(pool: table.pool, key) { feed.target.remove(pool: table.pool, key: key) }
        }
      }
      return
    }
    mapping.insert(image, into: &effects)
    for mutation in effects.mutations {
      let key = effects.key(of: mutation)
      switch mutation.kind {
      case .store:
        table.pass?.seen?.insert(key)
        if feed.changed.contains(pool: table.pool, key) { continue }
        feed.store(mutation, table, key, effects.value(of: mutation))
      case .delete:
        if !feed.changed.contains(pool: table.pool, key) { feed.target.remove(pool: table.pool, key: key) }
      case .bump: feed.target.bump(group: key)
      case .requery:
        feed.requeries.add(
          feed.request(mutation, effects, feed.position ?? BinlogPosition(file: "", offset: 0)))
      }
    }
  }

  /// Asks a list or a join, and stores it.
  func perform(_ request: RequeryRequest, _ connection: borrowing DatabaseConnection) throws(DatabaseError) {
    let table = feed.tables[request.table]
    let configuration = table.configuration.requeries[request.target]
    let kinds = feed.monitor.locked { parameterKinds(table, configuration) }
    guard let kinds else { return }
    // Names in the statement are those of the table's own database.
    if database != table.name.database {
      try connection.execute("USE \(SQLText.name(table.name.database))")
      database = table.name.database
    }
    let place = try Snapshot.begin(connection, feed.serverKind)
    if place < request.position {
      // The change is not visible yet.
      try Snapshot.end(connection)
      feed.monitor.locked { feed.requeries.add(request) }
      _ = feed.pause(milliseconds: 2)
      return
    }
    var value = RenderBuffer()
    let outcome: RequeryResult.Outcome
    do throws(DatabaseError) {
      let result = try connection.query(statement(configuration, request, kinds))
      outcome = try render(configuration, result, into: &value)
      try Snapshot.end(connection)
    } catch {
      // A wrong statement must not keep the others from being asked.
      if error.isLossOfConnection {
        feed.monitor.locked { feed.requeries.add(request) }
        throw error
      }
      try Snapshot.end(connection)
      if error.isPassing {
        feed.monitor.locked { feed.requeries.add(request) }
      } else {
        refuse(configuration, error)
      }
      return
    }
    feed.monitor.locked {
      feed.status.requeries += 1
      request.key.withUnsafeBytes { key in
        switch outcome {
        case .value:
          let stored = feed.target.store(
            pool: table.pool, key: key, value: value.bytes, flags: request.flags, ttl: request.ttl)
          if stored == .stored { feed.status.stored += 1 } else { feed.status.outOfMemory += 1 }
        case .nothing: feed.target.remove(pool: table.pool, key: key)
        case .tooLarge:
          feed.target.remove(pool: table.pool, key: key)
          feed.status.skipped += 1
        }
      }
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
