import CHearth
import Glibc
import HearthConfig

extension TableReader {
  /// Reads the next chunk of a table.
  func readChunk(_ table: FollowedTable, _ connection: borrowing DatabaseConnection) throws(DatabaseError) {
    let (mustBeDefined, hasFullImages) = feed.monitor.locked { (table.mustBeDefined, feed.hasFullImages) }
    if mustBeDefined {
      try feed.define(table, connection, hasFullImages: hasFullImages)
      return
    }
    guard try seesCommitted(connection), let plan = feed.monitor.locked({ begin(table) }) else { return }
    // What the follower has applied may be visible to queries a moment later only: an older view would bring it back.
    if try view(since: plan.start, connection) == nil {
      try Snapshot.end(connection)
      return
    }
    let query = RowQuery(plan.definition)
    let isWhole = plan.definition.primaryKey.isEmpty
    let sql = isWhole ? query.all : query.chunk(after: plan.last, limit: plan.limit)
    let result = try connection.stream(sql)
    var rows = 0
    var paced = 0
    var bytes = 0
    var last: [String]?
    var isValid = true
    effects.removeAll()
    while try result.next(into: &image) {
      rows += 1
      bytes += rowBytes
      query.normalize(&image)
      // Only a full chunk has another one behind it.
      if rows == plan.limit, !isWhole { last = query.key(of: image) }
      plan.mapping.insert(image, into: &effects)
      if rows % Self.batchRows == 0 || effects.byteCount > 1 << 20 {
        feed.awaitRoom()
        if isValid { isValid = store(table, plan) }
        effects.removeAll()
        pace(rows - paced)
        paced = rows
      }
    }
    try Snapshot.end(connection)
    if isValid { isValid = store(table, plan) }
    effects.removeAll()
    feed.push()
    feed.monitor.locked {
      feed.noteSkips(&effects)
      let isEnd = isWhole || rows < plan.limit
      if isEnd { feed.settle() } else { feed.takeResults() }
      finish(table, plan, rows: rows, bytes: bytes, last: last, isEnd: isEnd, isValid: isValid)
    }
    let now = hearth_monotonic_ns()
    nextChunk = now + pacer.pause(after: rows - paced, now: now)
  }

  /// Keeps the rate within a chunk too: a chunk at full speed would keep a core, and so clients, busy for long.
  private func pace(_ rows: Int) {
    let wait = pacer.pause(after: rows, now: hearth_monotonic_ns())
    // Shorter waits add up to one that is worth a call.
    if wait >= 300_000 { usleep(UInt32(min(wait, 100_000_000) / 1000)) }
  }

  /// What a chunk is read with.
  struct Plan {
    let definition: TableDefinition
    let mapping: TableMapping
    let generation: Int
    let purpose: TablePass.Purpose
    let last: [String]?
    let limit: Int
    /// Up to where the log was applied when keys began to be noted.
    let start: AppliedLog
  }

  /// Under the lock: begins the table's pass if there is none; from here on changed keys are noted.
  private func begin(_ table: FollowedTable) -> Plan? {
    guard let definition = table.definition, let mapping = table.mapping, let applied = feed.applied,
      !feed.isInMidTransaction
    else {
      return nil
    }
    if table.pass == nil {
      guard let purpose = table.wanted ?? (table.verification.isWanted ? .verify : nil) else { return nil }
      table.wanted = nil
      if purpose == .verify { table.verification.isWanted = false }
      table.pass = TablePass(
        purpose, estimated: definition.estimatedRows, entries: table.configuration.entries.count,
        seed: hearth_monotonic_ns(), beginsEmpty: !feed.target.wantsPlaces)
      if definition.meanRowLength > 0 {
        table.chunkRows = max(1, TableReader.chunkBytes / Int(clamping: definition.meanRowLength))
      }
    }
    feed.changed.open()
    return Plan(
      definition: definition, mapping: mapping, generation: table.generation, purpose: table.pass!.purpose,
      last: table.pass!.last,
      limit: min(
        max(table.chunkRows, 1), feed.configuration.chunkRows, TableReader.longest(feed.configuration)),
      start: applied)
  }

  private var rowBytes: Int {
    var sum = 0
    for column in 0..<image.count { sum += image[column].bytes.count }
    return sum
  }

  /// Stores a batch of rows, but for what the log has changed since. False: the pass is not that of the plan any more.
  private func store(_ table: FollowedTable, _ plan: Plan) -> Bool {
    feed.monitor.locked {
      guard table.generation == plan.generation, table.pass != nil, !feed.changed.hasOverflown,
        !feed.isStopping
      else {
        return false
      }
      // Rows of incomplete images that are still to be read explain what differs.
      let isExplained = feed.rereads.contains { $0.table == table.index }
      let mutations = effects.mutations
      for i in mutations.indices {
        let mutation = mutations[i]
        feed.prefetch(mutations, after: i, effects)
        let key = effects.key(of: mutation)
        switch mutation.kind {
        case .store:
          table.pass?.seen?.insert(key)
          if feed.changed.contains(pool: table.pool, key) { continue }
          let value = effects.value(of: mutation)
          if plan.purpose == .load {
            feed.store(mutation, table, key, value)
            continue
          }
          let (found, outcome) = feed.target.repair(
            pool: table.pool, key: key, value: value, flags: mutation.flags, ttl: mutation.ttl,
            note: FeedNote(isExplained ? .row : .alarm, table: table.index))
          if outcome == .sent || found == .equal { continue }
          feed.note(outcome, table)
          // A value that is too large for an item is right not to be there.
          if isExplained || outcome == .tooLarge && found == .missing { continue }
          feed.note(difference: key, table)
        case .delete:
          if feed.changed.contains(pool: table.pool, key) { continue }
          let note = FeedNote(isExplained ? .row : .alarm, table: table.index)
          if feed.target.remove(pool: table.pool, key: key, note: note), !isExplained {
            feed.note(difference: key, table)
          }
        case .requery:
          // A sweep asks lists anew too: what feeds them may have been missed as well.
          feed.requeries.add(feed.request(mutation, effects))
        case .bump: break
        }
      }
      return true
    }
  }

  /// Under the lock: the chunk is done.
  private func finish(
    _ table: FollowedTable, _ plan: Plan, rows: Int, bytes: Int, last: [String]?, isEnd: Bool, isValid: Bool
  ) {
    let overflown = feed.changed.hasOverflown
    feed.changed.close()
    guard isValid, !overflown, table.generation == plan.generation, table.pass != nil else {
      // Read again, in smaller steps if too much changed meanwhile.
      if overflown { table.chunkRows = max(table.chunkRows / 4, 1) }
      return
    }
    feed.status.rowsRead += UInt64(rows)
    if !table.isLoaded {
      feed.progress?.add(rows)
      if let line = feed.progress?.line(now: hearth_monotonic_ns()) { feed.tell(line) }
    }
    table.pass?.rows += UInt64(rows)
    if let last { table.pass?.last = last }
    if plan.purpose == .sweep { paceSweep(rows: rows, now: hearth_monotonic_ns()) }
    if rows > 0 {
      let fitting = TableReader.chunkBytes / max(bytes / rows, 1)
      table.chunkRows = min(max(fitting, 1), table.chunkRows * 4)
    }
    if isEnd { end(table) } else if !table.isLoaded { feed.announceReadiness() }
  }

  /// Under the lock: the whole table was read.
  private func end(_ table: FollowedTable) {
    guard let pass = table.pass else { return }
    let vanished = pass.seen.map { sweepOut(table, $0, isAlarming: pass.isAlarming) } ?? 0
    // While other nodes were asked something may have made it begin anew.
    guard table.pass === pass else { return }
    table.pass = nil
    let wasLoaded = table.isLoaded
    table.rows = pass.rows
    table.lastPass = hearth_monotonic_ns()
    table.isLoaded = table.problem == nil
    if pass.purpose == .verify {
      table.verification.note(rows: pass.rows, differences: pass.differences, vanished: vanished)
    }
    if pass.isAlarming {
      feed.status.sweeps += 1
      if pass.differences > 0 {
        feed.status.lastError = "sweep of \(table.name): \(pass.differences) entries were wrong"
        feed.tell("sweep of \(table.name): \(pass.differences) entries were wrong, and are repaired")
      }
    }
    if !wasLoaded {
      feed.progress?.correct(estimated: pass.estimated, actual: pass.rows)
      feed.tell("table \(table.name) is loaded: \(pass.rows) rows")
      if feed.tables.allSatisfy({ $0.isLoaded || $0.problem != nil }) { feed.progress?.finish() }
    } else if pass.purpose == .reload {
      feed.tell("table \(table.name) is read again: \(pass.rows) rows")
    }
    feed.announceReadiness()
    feed.notePlace()
    feed.monitor.wakeAll()
  }

  /// Entries of rows that are not there any more: neither read by the pass nor written by the log since it began.
  private func sweepOut(_ table: FollowedTable, _ seen: KeyFilter, isAlarming: Bool) -> UInt64 {
    let removed = feed.removeKeys(missingFrom: seen, of: table)
    if removed.count > 0, isAlarming {
      feed.status.differences += UInt64(removed.count)
      let example = removed.example.map { ", \(String(decoding: $0, as: UTF8.self)) among them" } ?? ""
      feed.tell("sweep of \(table.name): \(removed.count) entries without a row are removed\(example)")
    }
    return UInt64(removed.count)
  }
}
