/// What both threads do to the store, under the feed's lock.
extension DatabaseFeed {
  /// Applies what the log told, in its order.
  func apply(_ effects: borrowing RowEffects) {
    for mutation in effects.mutations {
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
        target.remove(pool: table.pool, key: key)
      case .bump: target.bump(group: key)
      case .requery: requeries.add(request(mutation, effects))
      }
    }
  }

  func request(_ mutation: Mutation, _ effects: borrowing RowEffects) -> RequeryRequest {
    var parameters: [[UInt8]] = []
    for i in 0..<mutation.parameterCount { parameters.append(Array(effects.parameter(i, of: mutation))) }
    return RequeryRequest(
      table: mutation.table, target: mutation.target, key: Array(effects.key(of: mutation)),
      parameters: parameters,
      ttl: mutation.ttl, flags: mutation.flags)
  }

  func store(
    _ mutation: Mutation, _ table: FollowedTable, _ key: UnsafeRawBufferPointer,
    _ value: UnsafeRawBufferPointer
  ) {
    switch target.store(pool: table.pool, key: key, value: value, flags: mutation.flags, ttl: mutation.ttl) {
    case .stored: status.stored += 1
    case .tooLarge: status.skipped += 1
    case .noMemory: noteFull(table)
    }
  }

  /// An entry found no room: a pool that never evicts must not pretend to be complete.
  private func noteFull(_ table: FollowedTable) {
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

  /// Removes all entries of a table: it is empty or gone.
  func purge(_ table: FollowedTable) {
    // A chunk that was read before is not to bring rows back.
    table.generation += 1
    removeKeys(of: table) { _ in true }
  }

  /// Removes those of a table's entries that a pass has not met. Returns how many.
  func removeKeys(missingFrom seen: KeyFilter, of table: FollowedTable) -> Int {
    removeKeys(of: table) { !seen.contains($0) }
  }

  /// Removes those of a table's entries that `condition` says. Returns how many.
  @discardableResult
  private func removeKeys(of table: FollowedTable, where condition: (UnsafeRawBufferPointer) -> Bool) -> Int {
    let shapes = table.configuration.entries.map { KeyShape($0.key) }
    var walk = FeedWalk()
    var doomed: [[UInt8]] = []
    var removed = 0
    var goesOn = true
    while goesOn {
      goesOn = target.walk(pool: table.pool, &walk) { key in
        if shapes.contains(where: { $0.matches(key) }), condition(key) { doomed.append(Array(key)) }
      }
      for key in doomed {
        key.withUnsafeBytes {
          changed.note(pool: table.pool, $0)
          if target.remove(pool: table.pool, key: $0) { removed += 1 }
        }
      }
      doomed.removeAll(keepingCapacity: true)
    }
    status.removed += UInt64(removed)
    return removed
  }
}
