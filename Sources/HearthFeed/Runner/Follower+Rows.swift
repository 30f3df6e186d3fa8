import HearthConfig

/// Rows and tables.
extension Follower {
  func take(_ rows: RowsEvent) {
    switch rows.kind {
    case .insert: break
    case .update: changes.onUpdate = true
    case .delete: changes.onDelete = true
    }
    guard let index = feed.number(of: TableName(database: rows.map.database, table: rows.map.table)) else {
      return
    }
    announced.remove(index)
    guard let cached = reader(index, rows.map) else { return }
    let (reader, mapping) = (cached.reader, cached.mapping)
    generations[index] = cached.generation
    reader.begin(rows)
    do throws(BinlogError) {
      while try reader.next(before: &before, after: &after) {
        rowCount += 1
        switch rows.kind {
        case .insert:
          if mapping.isComplete(after) {
            mapping.insert(after, into: &effects)
          } else {
            readAgain(cached, index)
          }
        case .update:
          if mapping.isComplete(after) {
            mapping.update(before, to: after, into: &effects)
          } else {
            // An entry that stays where it is serves its old value until the row was read. One that leaves does not: what comes
            // after would take it for gone.
            if movesKeys(mapping) || mapping.qualifies(after) == false {
              mapping.delete(before, into: &effects)
            }
            readAgain(cached, index)
          }
        case .delete: mapping.delete(before, into: &effects)
        }
        if effects.byteCount > Self.partBytes { applyPart() }
      }
    } catch {
      doubt(rows.map, error)
    }
  }

  /// The images say that a column of a key has changed. One that the second does not have, has not.
  private func movesKeys(_ mapping: TableMapping) -> Bool {
    mapping.keyColumns.contains { column in
      let (old, new) = (before[column], after[column])
      if new.state == .absent { return false }
      return old.state != new.state || old.bytes.count != new.bytes.count
        || !old.bytes.elementsEqual(new.bytes)
    }
  }

  /// The row's primary key is known, the rest of it has to be asked.
  private func readAgain(_ cached: CachedReader, _ index: Int) {
    let key = cached.mapping.columns.indices.filter { cached.mapping.columns[$0].primaryKeyPosition != nil }
      .sorted {
        cached.mapping.columns[$0].primaryKeyPosition! < cached.mapping.columns[$1].primaryKeyPosition!
      }
    // An update that leaves the primary key alone tells it in the image from before only.
    let values = key.map { column in
      RowQuery.literal(
        after[column].state == .absent ? before[column] : after[column], cached.mapping.columns[column].kind)
    }
    if key.isEmpty || values.contains("NULL") {
      doubtful.insert(index)
      return
    }
    rereads.append((index, cached.generation, values))
  }

  /// What reads the table's rows; nil: it cannot be followed now.
  private func reader(_ index: Int, _ map: TableMap) -> CachedReader? {
    let table = feed.tables[index]
    let (schema, mapping, generation) = feed.monitor.locked {
      (table.definition?.schema, table.mapping, table.generation)
    }
    guard let mapping, let schema else { return nil }
    if let cached = readers[index], cached.reader.map === map, cached.generation == generation {
      return cached
    }
    do throws(BinlogError) {
      // The primary key too, for rows that have to be read again.
      let wanted = mapping.columns.indices.filter {
        mapping.wanted[$0] || mapping.columns[$0].primaryKeyPosition != nil
      }
      let reader = try RowReader(map, schema: schema, wanted: wanted)
      let cached = CachedReader(reader: reader, mapping: mapping, generation: generation)
      readers[index] = cached
      return cached
    } catch {
      if error.reason == .tableChanged {
        // The log is behind the schema that was read, or before a change: a reading finds out.
        doubtful.insert(index)
        feed.monitor.locked { table.mustBeDefined = true }
      } else {
        refuse(table, error.description)
      }
      return nil
    }
  }

  func doubt(_ map: TableMap?, _ error: BinlogError) {
    guard let map else {
      doubtAll("\(error)")
      return
    }
    guard let index = feed.number(of: TableName(database: map.database, table: map.table)) else { return }
    if error.reason == .unsupported { return refuse(feed.tables[index], error.description) }
    feed.tell("\(error); reading \(map.database).\(map.table) again")
    doubtful.insert(index)
  }

  private func refuse(_ table: FollowedTable, _ problem: String) {
    let isNew = feed.monitor.locked {
      let isNew = table.problem != problem
      table.problem = problem
      feed.status.lastError = problem
      feed.announceReadiness()
      return isNew
    }
    if isNew { feed.tell(problem) }
  }

  /// A statement changed tables as a whole.
  func change(_ kind: QueryStatement.DDL, _ names: [TableName]) {
    for (i, name) in names.enumerated() {
      guard let index = feed.number(of: name) else { continue }
      let table = feed.tables[index]
      readers[index] = nil
      switch kind {
      case .truncate: purge(table)
      case .drop: drop(table, "table \(name) was dropped")
      // Pairs of an old name and a new one. Where another table took its place at once, that is read instead.
      case .rename where i % 2 == 0 && !(names.indices.contains { $0 % 2 == 1 && names[$0] == name }):
        drop(table, "table \(name) was renamed")
      case .create, .alter, .rename:
        feed.monitor.locked {
          table.mustBeDefined = true
          table.want(.reload)
        }
      }
    }
    feed.monitor.wakeAll()
  }

  private func purge(_ table: FollowedTable) {
    // What the same transaction did before counts no more; nothing can, because these statements commit.
    feed.monitor.locked { feed.purge(table, isGone: false) }
  }

  func drop(_ table: FollowedTable, _ reason: String) {
    readers[table.index] = nil
    feed.monitor.locked {
      feed.purge(table, isGone: true)
      table.definition = nil
      table.mapping = nil
      table.generation += 1
      // Should it come back, it is not complete before it was read.
      table.isLoaded = false
      table.restart(.load)
      table.problem = reason
      table.mustBeDefined = true
      feed.status.lastError = reason
      feed.announceReadiness()
    }
    feed.monitor.wakeAll()
    feed.tell(reason)
  }
}
