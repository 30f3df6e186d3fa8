import HearthConfig

/// Single rows.
extension TableReader {
  /// Reads rows whose images were not complete, in one view.
  func perform(_ rereads: [Reread], _ connection: borrowing DatabaseConnection) throws(DatabaseError) {
    var left = rereads[...]
    let applied = feed.monitor.locked { () -> AppliedLog? in
      feed.changed.open()
      return feed.isInMidTransaction ? nil : feed.applied
    }
    defer {
      feed.monitor.locked {
        feed.changed.close()
        feed.rereads += left
      }
    }
    guard let applied else { return }
    if try view(since: applied, connection) != nil {
      while let reread = left.first {
        try perform(reread, connection)
        // Too much has changed meanwhile: once more.
        if feed.monitor.locked({ feed.changed.hasOverflown }) { break }
        left.removeFirst()
      }
    }
    try Snapshot.end(connection)
  }

  private func perform(_ reread: Reread, _ connection: borrowing DatabaseConnection) throws(DatabaseError) {
    let table = feed.tables[reread.table]
    let known = feed.monitor.locked { () -> (TableDefinition, TableMapping)? in
      guard table.generation == reread.generation, let definition = table.definition,
        let mapping = table.mapping
      else {
        // Its columns have changed since: all of it is read.
        table.want(.reload)
        return nil
      }
      return (definition, mapping)
    }
    guard let (definition, mapping) = known else { return }
    let query = RowQuery(definition)
    effects.removeAll()
    let result = try connection.query(query.row(reread.key))
    if result.next(into: &image) {
      query.normalize(&image)
      feed.awaitRoom()
      feed.monitor.locked {
        if table.generation == reread.generation, !feed.changed.hasOverflown { complete(table, mapping) }
      }
      feed.push()
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
          if !feed.changed.contains(pool: table.pool, key) {
            feed.target.remove(pool: table.pool, key: key, note: .nothing)
          }
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
        if !feed.changed.contains(pool: table.pool, key) {
          feed.target.remove(pool: table.pool, key: key, note: .nothing)
        }
      case .bump: feed.target.bump(group: key)
      case .requery:
        feed.requeries.add(feed.request(mutation, effects))
      }
    }
  }
}
