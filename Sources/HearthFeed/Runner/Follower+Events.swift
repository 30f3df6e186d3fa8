import CHearth
import Glibc

extension Follower {
  func handle(_ event: BinlogEvent) {
    if let header = decoder.header, header.timestamp != 0 { eventTime = header.timestamp }
    switch event {
    case .mariadbGTID(let transaction):
      beginTransaction()
      gtid = transaction.id
      isStandalone = transaction.isStandalone
      return
    case .mysqlGTID(let name):
      beginTransaction()
      mysqlGTID = name
      return
    case .rows(let rows): return take(rows)
    case .unreadableRows(let map, let error): return doubt(map, error)
    case .query(let query): handle(query)
    case .xid: commit()
    case .xaPrepare(let identifier, let onePhase):
      if onePhase { commit() } else { prepare(identifier) }
    case .incident(let message): doubtAll("the server lost events: \(message)")
    case .unknown(let type, let ignorable):
      if !ignorable { doubtAll("event type \(type) is not known") }
    case .tableMap(let map):
      if let index = feed.number(of: TableName(database: map.database, table: map.table)) {
        announced.insert(index)
      }
      return
    case .rotate, .format, .mariadbGTIDList, .mysqlPreviousGTIDs, .heartbeat, .ignored: break
    }
    if !isInTransaction { advance() }
  }

  /// One whose end a crash of the server has cut off is void.
  private func beginTransaction() {
    if isInTransaction { feed.monitor.locked { feed.forgetParts() } }
    forgetTransaction()
    isInTransaction = true
  }

  private func handle(_ query: QueryEvent) {
    switch query.statement {
    case .begin: isInTransaction = true
    case .rollbackToSavepoint:
      // Written only where tables without transactions take part, whose rows stay; the others' must not be seen.
      doubtTouched()
      effects.removeEntries()
      rereads.removeAll()
    case .ddl(let kind, let names): change(kind, names)
    case .dropDatabase(let database):
      for table in feed.tables where table.name.database == database {
        drop(table, "its database was dropped")
      }
    case .rowChange:
      doubtAll("a statement changed rows as text (binlog_format=STATEMENT, LOAD DATA or a function)")
    case .commit, .rollback, .savepoint, .xaStart, .xaEnd, .xaPrepare, .xaCommit, .xaRollback, .other: break
    }
    switch query.ending {
    case .commit: commit()
    case .rollback:
      doubtTouched()
      effects.removeEntries()
      rereads.removeAll()
      commit()
    case .xaCommit(let identifier): commitPrepared(identifier)
    case .xaRollback(let identifier):
      prepared.remove(identifier)
      commit()
    case nil:
      if isStandalone { commit() }
    }
  }

  /// Everything before the decoder's place is applied.
  private func advance() {
    let place = decoder.position
    let wakes = feed.monitor.locked {
      if feed.applied?.position != place {
        feed.applied?.position = place
        feed.takeReceived()
        feed.notePlace()
      }
      return feed.hasWorkForReader
    }
    if wakes { feed.monitor.wakeAll() }
  }

  /// Up to where the log is applied once the transaction under way is. Under the lock.
  private var afterwards: AppliedLog {
    var log = feed.applied ?? AppliedLog(position: decoder.position)
    log.position = decoder.position
    if let gtid { log.gtids.note(gtid) }
    if let mysqlGTID {
      log.names.insert(mysqlGTID)
      log.last = mysqlGTID
    }
    return log
  }

  /// The transaction's end: all of it becomes visible.
  func commit() {
    doubtCascades()
    feed.awaitRoom()
    // Thousands of times a second, so that nobody is woken for nothing.
    let wakes = feed.monitor.locked {
      feed.takeResults()
      let log = afterwards
      let wasInMidTransaction = feed.isInMidTransaction
      feed.apply(effects)
      for reread in rereads {
        feed.rereads.append(
          Reread(table: reread.table, generation: reread.generation, key: reread.key))
      }
      // Defined anew between a row and its transaction's end: a chunk may have been read in between.
      for (index, generation) in generations where feed.tables[index].generation != generation {
        feed.tables[index].want(.reload)
      }
      for index in doubtful { feed.tables[index].want(.reload) }
      feed.ordinal += 1
      feed.applied = log
      feed.isInMidTransaction = false
      feed.status.rowEvents += rowCount
      feed.noteSkips(&effects)
      feed.appliedTime = eventTime
      feed.takeReceived()
      feed.notePlace()
      return wasInMidTransaction || !doubtful.isEmpty || feed.hasWorkForReader
    }
    feed.push()
    forgetTransaction()
    if wakes { feed.monitor.wakeAll() }
  }

  /// A long transaction is applied in parts.
  func applyPart() {
    feed.awaitRoom()
    feed.monitor.locked {
      feed.isInMidTransaction = true
      feed.apply(effects)
      feed.status.rowEvents += rowCount
      feed.noteSkips(&effects)
    }
    feed.push()
    effects.removeAll()
    rowCount = 0
  }

  /// A statement names all tables that it may write; rows that foreign keys delete or change do not follow.
  private func doubtCascades() {
    if announced.isEmpty || changes == Cascades() { return }
    feed.monitor.locked {
      for index in announced {
        guard let cascades = feed.tables[index].definition?.cascades else { continue }
        if changes.onDelete && cascades.onDelete || changes.onUpdate && cascades.onUpdate {
          doubtful.insert(index)
        }
      }
    }
  }

  private func prepare(_ identifier: XAIdentifier) {
    doubtCascades()
    announced.removeAll()
    // Its rows are locked until it is committed, so nothing that comes between concerns them.
    let tables = Set(effects.mutations.map(\.table)).union(rereads.map(\.table)).union(doubtful)
    prepared.add(identifier, tables: tables)
    effects.removeAll()
    rereads.removeAll()
    doubtful.removeAll()
    commit()
  }

  /// The rows of a prepared transaction are not kept: its tables are read again when it is committed.
  private func commitPrepared(_ identifier: XAIdentifier) {
    feed.monitor.locked { _ = feed.committedXA.insert(identifier) }
    if let tables = prepared.remove(identifier) {
      doubtful.formUnion(tables)
    } else {
      doubtful.formUnion(feed.tables.map(\.index))
    }
    commit()
  }

  private func doubtTouched() {
    doubtful.formUnion(effects.mutations.map(\.table))
    doubtful.formUnion(rereads.map(\.table))
  }

  func doubtAll(_ reason: String) {
    feed.tell("\(reason); reading the tables again")
    feed.monitor.locked {
      feed.status.lastError = reason
      for table in feed.tables { table.want(.reload) }
    }
    feed.monitor.wakeAll()
  }
}
