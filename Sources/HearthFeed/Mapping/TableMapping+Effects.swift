extension TableMapping {
  /// A row is there: inserted, or read while the table is loaded or swept. The image is complete.
  public func insert(_ row: borrowing RowImage, into effects: inout RowEffects) {
    change(row, exists: false, row, remains: true, into: &effects)
  }

  /// A row is gone.
  public func delete(_ row: borrowing RowImage, into effects: inout RowEffects) {
    change(row, exists: true, row, remains: false, into: &effects)
  }

  /// A row has changed. `after` is complete; where `before` does not tell whether it satisfied the condition, it is
  /// taken as if it had.
  public func update(
    _ before: borrowing RowImage, to after: borrowing RowImage, into effects: inout RowEffects
  ) {
    change(before, exists: true, after, remains: true, into: &effects)
  }

  /// Old entries go, then new ones come, then groups are made void, then the database is asked: within one row an
  /// entry's new key may be another one's old key.
  private func change(
    _ before: borrowing RowImage, exists: Bool, _ after: borrowing RowImage, remains: Bool,
    into effects: inout RowEffects
  ) {
    let counted = exists && qualifies(before) != false
    let counts = remains && qualifies(after) == true
    guard counted || counts else { return }
    if counted {
      for (target, entry) in entries.enumerated() where remains || !entry.isKeptOnDelete {
        deleteOld(target, entry, before, counts, after, into: &effects)
      }
    }
    if counts {
      for (target, entry) in entries.enumerated() { storeNew(target, entry, after, into: &effects) }
    }
    for (target, group) in bumps.enumerated() {
      let old = counted ? appendKey(.bump, target, group, before, isNew: false, into: &effects) : nil
      if counts { appendKey(.bump, target, group, after, isNew: true, unless: old, into: &effects) }
    }
    for (target, requery) in requeries.enumerated() {
      let old = counted ? append(requery, target, before, isNew: false, unless: nil, into: &effects) : nil
      if counts { append(requery, target, after, isNew: true, unless: old, into: &effects) }
    }
  }

  private func deleteOld(
    _ target: Int, _ entry: EntryMapping, _ before: borrowing RowImage, _ counts: Bool,
    _ after: borrowing RowImage, into effects: inout RowEffects
  ) {
    guard let old = appendKey(.delete, target, entry.key, before, isNew: false, into: &effects), counts else {
      return
    }
    let mark = effects.bytes.count
    // An invalid new key is counted when it should be stored.
    if let length = try? renderKey(entry.key, after, into: &effects),
      isSame(effects.key(of: old), effects.bytes.bytes(from: mark, count: length))
    {
      effects.removeLast()
    } else {
      effects.bytes.truncate(to: mark)
    }
  }

  private func storeNew(
    _ target: Int, _ entry: EntryMapping, _ after: borrowing RowImage, into effects: inout RowEffects
  ) {
    guard var mutation = appendKey(.store, target, entry.key, after, isNew: true, into: &effects) else {
      return
    }
    let start = effects.bytes.count
    switch entry.write(after, into: &effects.bytes, limit: valueLimit) {
    case .written:
      mutation.ttl = entry.ttl
      mutation.flags = entry.flags
      mutation.valueStart = start
      mutation.valueCount = effects.bytes.count - start
    case .nothing: mutation.kind = .delete
    case .tooLarge:
      // What was stored before is not the row any more.
      mutation.kind = .delete
      skip(.valueTooLarge, entry.key, after, &effects)
    }
    if mutation.kind == .delete { effects.bytes.truncate(to: start) }
    effects.replaceLast(mutation)
  }

  @discardableResult
  private func append(
    _ requery: RequeryMapping, _ target: Int, _ row: borrowing RowImage, isNew: Bool, unless old: Mutation?,
    into effects: inout RowEffects
  ) -> Mutation? {
    guard
      var mutation = appendKey(.requery, target, requery.key, row, isNew: isNew, unless: old, into: &effects)
    else { return nil }
    mutation.ttl = requery.ttl
    mutation.flags = requery.flags
    for (i, column) in requery.parameters.enumerated() {
      let index = effects.addParameter(row[column].bytes)
      if i == 0 { mutation.parameterStart = index }
    }
    mutation.parameterCount = requery.parameters.count
    effects.replaceLast(mutation)
    return mutation
  }

  /// Appends a mutation with the row's key, unless it is the key of `old`. A row without a valid key is counted if it
  /// is there now (`isNew`): for one that was, that was done then.
  @discardableResult
  private func appendKey(
    _ kind: Mutation.Kind, _ target: Int, _ key: KeyRenderer, _ row: borrowing RowImage, isNew: Bool,
    unless old: Mutation? = nil, into effects: inout RowEffects
  ) -> Mutation? {
    let start = effects.bytes.count
    do throws(KeyProblem) {
      let length = try renderKey(key, row, into: &effects)
      if let old, isSame(effects.key(of: old), effects.bytes.bytes(from: start, count: length)) {
        effects.bytes.truncate(to: start)
        return nil
      }
      let mutation = Mutation(kind: kind, table: id, target: target, keyStart: start, keyCount: length)
      effects.append(mutation)
      return mutation
    } catch {
      if isNew || error == .columnMissing { skip(error, key, row, &effects) }
      return nil
    }
  }

  private func skip(
    _ problem: KeyProblem, _ key: KeyRenderer, _ row: borrowing RowImage, _ effects: inout RowEffects
  ) {
    if !effects.skip(problem, table: id, key.template) { return }
    effects.keep(SkippedRow(table: id, template: key.template, problem: problem, row: name(of: row)))
  }

  private func renderKey(
    _ key: KeyRenderer, _ row: borrowing RowImage, into effects: inout RowEffects
  ) throws(KeyProblem) -> Int {
    let room = effects.bytes.room(KeyRenderer.limit)
    let length = try key.render(
      row, into: UnsafeMutableRawBufferPointer(start: room, count: KeyRenderer.limit))
    effects.bytes.commit(length)
    return length
  }

  private func isSame(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    a.count == b.count && a.elementsEqual(b)
  }
}
