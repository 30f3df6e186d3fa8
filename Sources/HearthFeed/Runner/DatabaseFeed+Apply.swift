import HearthConfig

/// What both threads do to the store, under the feed's lock.
extension DatabaseFeed {
  /// Applies what the log told, in its order.
  func apply(_ effects: borrowing RowEffects) {
    let mutations = effects.mutations
    for i in mutations.indices {
      let mutation = mutations[i]
      prefetch(mutations, after: i, effects)
      let table = tables[mutation.table]
      let key = effects.key(of: mutation)
      switch mutation.kind {
      case .store:
        changed.note(pool: table.pool, key)
        table.pass?.seen?.insert(key)
        store(mutation, table, key, effects.value(of: mutation))
      case .delete:
        changed.note(pool: table.pool, key)
        status.removed += 1
        target.remove(pool: table.pool, key: key, note: .nothing)
      case .bump: target.bump(group: key)
      case .requery: requeries.add(request(mutation, effects))
      }
    }
  }

  /// Mutations between a key's first prefetch and its use; half of them after the second.
  private static let distance = 16

  /// Prefetches for what comes after mutation number `i`: each store waits for memory otherwise, twice.
  @inline(__always)
  func prefetch(_ mutations: [Mutation], after i: Int, _ effects: borrowing RowEffects) {
    if i + Self.distance < mutations.count {
      prefetch(mutations[i + Self.distance], effects, isNear: false)
    }
    if i + Self.distance / 2 < mutations.count {
      prefetch(mutations[i + Self.distance / 2], effects, isNear: true)
    }
  }

  @inline(__always)
  private func prefetch(_ mutation: Mutation, _ effects: borrowing RowEffects, isNear: Bool) {
    guard mutation.kind == .store || mutation.kind == .delete else { return }
    target.prefetch(pool: tables[mutation.table].pool, key: effects.key(of: mutation), isNear: isNear)
  }

  /// Counts the rows that got no entry, and names the first for each reason. Under the lock.
  func noteSkips(_ effects: inout RowEffects) {
    status.skipped += effects.skippedRows
    for skip in effects.examples {
      let table = tables[skip.table]
      guard table.toldOfSkips.insert(.init(template: skip.template, problem: skip.problem)).inserted else {
        continue
      }
      tell(
        "table \(table.name): the row \(skip.row) has no entry \(skip.template): \(skip.problem.reason); "
          + "further ones are only counted")
    }
    effects.resetSkips()
  }

  func request(_ mutation: Mutation, _ effects: borrowing RowEffects) -> RequeryRequest {
    // What is asked for its rows has not vanished.
    tables[mutation.table].pass?.seen?.insert(effects.key(of: mutation))
    var parameters: [[UInt8]] = []
    for i in 0..<mutation.parameterCount { parameters.append(Array(effects.parameter(i, of: mutation))) }
    return RequeryRequest(
      table: mutation.table, target: mutation.target, key: Array(effects.key(of: mutation)),
      parameters: parameters,
      ttl: mutation.ttl, flags: mutation.flags)
  }

  @discardableResult
  func store(
    _ mutation: Mutation, _ table: FollowedTable, _ key: UnsafeRawBufferPointer,
    _ value: UnsafeRawBufferPointer
  ) -> FeedStoreOutcome {
    let outcome = target.store(
      pool: table.pool, key: key, value: value, flags: mutation.flags, ttl: mutation.ttl,
      note: FeedNote(.row, table: table.index))
    note(outcome, table)
    return outcome
  }

  /// How storing an entry ended, as far as it is known.
  func note(_ outcome: FeedStoreOutcome, _ table: FollowedTable) {
    switch outcome {
    case .stored, .sent: status.stored += 1
    case .tooLarge: status.skipped += 1
    case .noMemory: noteFull(table)
    }
  }

  /// An entry found no room: a pool that never evicts must not pretend to be complete.
  func noteFull(_ table: FollowedTable) {
    status.outOfMemory += 1
    if !target.isDeterministic(pool: table.pool) || table.problem != nil { return }
    let rows = max(table.definition?.estimatedRows ?? 0, table.pass?.rows ?? 0, 1)
    let share = max(1, Double(rows) / Double(max(table.pass?.rows ?? rows, 1)))
    let needed = Int(Double(target.memory(pool: table.pool)) * share * 1.1) >> 20
    table.problem =
      "pool \(table.configuration.pool) is too small for \(table.name): it needs about \(needed + 1) MiB; raise its memory"
    tell(table.problem ?? "")
    status.lastError = table.problem ?? ""
    announceReadiness()
  }

  /// The transaction that is applied in part may never come to its end: what is there is read again. Under the lock.
  func forgetParts() {
    if !isInMidTransaction { return }
    isInMidTransaction = false
    for table in tables { table.want(.reload) }
  }

  /// Removes all entries of a table that is empty or gone; its lists are asked again where the table is there still.
  func purge(_ table: FollowedTable, isGone: Bool) {
    // A chunk that was read before is not to bring rows back.
    table.generation += 1
    removeKeys(of: table, isGone: isGone, pass: nil) { _ in true }
    push()
  }

  /// Removes those of a table's entries that a pass has not met, and asks the lists of rows again that it has not met.
  /// Returns how many were removed, and one of them.
  func removeKeys(
    missingFrom seen: KeyFilter, of table: FollowedTable
  ) -> (count: Int, example: [UInt8]?) {
    removeKeys(of: table, isGone: false, pass: table.pass) {
      !seen.contains($0)
    }
  }

  /// Removes those of a table's entries that `condition` says, as long as this pass is under way, if one is named. Returns how many, and
  /// one of them.
  @discardableResult
  private func removeKeys(
    of table: FollowedTable, isGone: Bool, pass: TablePass?,
    where condition: (UnsafeRawBufferPointer) -> Bool
  ) -> (count: Int, example: [UInt8]?) {
    let entries = table.configuration.entries
    let shapes = entries.filter { isGone || $0.onDelete == .delete }.map {
      KeyShape($0.key, columns: table.columns)
    }
    let lists = table.configuration.requeries.map { KeyShape($0.key, columns: table.columns) }
    // What may as well be another table's, or stays when its row goes, is left alone.
    var foreign = tables.filter { $0.pool == table.pool && $0 !== table }.flatMap { other in
      (other.configuration.entries.map(\.key) + other.configuration.requeries.map(\.key)).map {
        KeyShape($0, columns: other.columns)
      }
    }
    if !isGone {
      foreign += entries.filter { $0.onDelete == .keep }.map { KeyShape($0.key, columns: table.columns) }
    }
    var walk = FeedWalk()
    var doomed: [[UInt8]] = []
    var asked: [(Int, [UInt8])] = []
    var removed = 0
    var example: [UInt8]?
    var goesOn = true
    let prefix = KeyShape.commonPrefix(shapes + lists)
    let generation = table.generation
    table.vanished = []
    while goesOn {
      goesOn = self.walk(table.pool, prefix, &walk) { key in
        let list = lists.firstIndex { $0.matches(key) }
        guard list != nil || shapes.contains(where: { $0.matches(key) }), condition(key),
          !foreign.contains(where: { $0.matches(key) })
        else { return }
        if let list, !isGone { asked.append((list, Array(key))) } else { doomed.append(Array(key)) }
      }
      // What was not met counts for nothing if the pass that should have is not that one any more.
      if let pass, table.pass !== pass || table.generation != generation { break }
      for key in doomed {
        key.withUnsafeBytes {
          changed.note(pool: table.pool, $0)
          let note = FeedNote(.vanished, table: table.index)
          if target.remove(pool: table.pool, key: $0, note: note) { removed += 1 }
        }
        example = example ?? key
      }
      doomed.removeAll(keepingCapacity: true)
    }
    if answersLater {
      settle()
      removed = table.vanished.count
      example = table.vanished.first
      table.vanished = []
    }
    for (list, key) in asked { askAgain(table, list, lists[list], key) }
    status.removed += UInt64(removed)
    return (removed, example)
  }

  /// The next keys of a walk. Where other nodes have to be asked the lock is let go meanwhile.
  private func walk(
    _ pool: Int, _ prefix: [UInt8], _ walk: inout FeedWalk, _ body: (UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    if !answersLater { return target.walk(pool: pool, prefix: prefix, &walk, body: body) }
    var keys: [[UInt8]] = []
    let goesOn = monitor.unlocked {
      target.awaitRoom()
      return target.walk(pool: pool, prefix: prefix, &walk) { keys.append(Array($0)) }
    }
    for key in keys { key.withUnsafeBytes(body) }
    return goesOn
  }

  /// Asks a list again whose rows may all be gone, with what its key tells of them.
  private func askAgain(
    _ table: FollowedTable, _ index: Int, _ shape: KeyShape, _ key: [UInt8]
  ) {
    let requery = table.configuration.requeries[index]
    guard let columns = key.withUnsafeBytes({ shape.columns(of: $0) }) else { return }
    let parameters = requery.statement.parameters.map { name in
      shape.names.firstIndex(of: name).map { columns[$0] } ?? []
    }
    requeries.add(
      RequeryRequest(
        table: table.index, target: index, key: key, parameters: parameters, ttl: requery.ttl,
        flags: requery.flags))
  }
}
