extension Draft {
  /// `keys`: the keys of the feed so far, and where each is.
  func finishTable(
    _ written: TableDraft, of feed: FeedDraft, _ keys: inout [KeyTemplate: String]
  ) throws(ConfigurationError) -> TableConfiguration {
    guard let name = written.name else {
      throw written.origin.error("it names no table", "add table:, as in table: photos.users")
    }
    let pool = try fedPool(written.pool ?? feed.pool)
    var table = TableConfiguration(database: name.value.database, table: name.value.table, pool: pool.name)
    table.filter = written.filter
    table.foreignPrefixes = foreignPrefixes(in: pool)

    if let own = written.own, !written.entries.isEmpty {
      throw (own.key?.origin ?? own.origin).error(
        "the table has an entry of its own and entries:", "move it to entries:, or keep it alone")
    }
    for entry in written.own.map({ [$0] }) ?? written.entries {
      var finished = EntryConfiguration(key: try checkedKey(entry.key, entry.origin, pool, name, &keys))
      finished.value = entry.value
      finished.ttl = try checkedTTL(entry.ttl, pool)
      finished.flags = entry.flags
      finished.onDelete = entry.onDelete
      table.entries.append(finished)
    }
    for bump in written.bumps {
      try check(group: bump, of: pool)
      guard !table.bumps.contains(bump.value) else {
        throw bump.origin.error("the group is there already", "name it once")
      }
      table.bumps.append(bump.value)
    }
    for requery in written.requeries {
      let key = try checkedKey(requery.key, requery.origin, pool, name, &keys)
      guard let statement = requery.statement else {
        throw requery.origin.error("it has no statement", "add sql:, as in sql: select 1")
      }
      for parameter in statement.value.parameters where !key.columns.contains(parameter) {
        throw statement.origin.error(
          "the parameter :\(parameter) is not in the key \(quoted(key.description))",
          "add {\(parameter)} to the key, so that each key has one result")
      }
      var finished = RequeryConfiguration(key: key, statement: statement.value)
      finished.value = requery.value
      finished.ttl = try checkedTTL(requery.ttl, pool)
      finished.flags = requery.flags
      table.requeries.append(finished)
    }
    guard !table.entries.isEmpty || !table.bumps.isEmpty || !table.requeries.isEmpty else {
      throw written.origin.error(
        "nothing is made of the rows of \(quoted(table.name))", "add key:, as in key: \"user:{id}\"")
    }
    return table
  }

  private func checkedKey(
    _ key: Located<KeyTemplate>?, _ origin: Origin, _ pool: PoolConfiguration,
    _ table: Located<(database: String, table: String)>, _ keys: inout [KeyTemplate: String]
  ) throws(ConfigurationError) -> KeyTemplate {
    guard let key else { throw origin.error("it has no key", "add key:, as in key: \"user:{id}\"") }
    try check(key, leadsTo: pool)
    let place = "\(table.value.database).\(table.value.table)"
    if let other = keys.updateValue(place, forKey: key.value) {
      throw key.origin.error(
        "\(quoted(key.value.description)) is already a key of \(other)",
        "give each entry of the feed its own key")
    }
    return key.value
  }

  private func checkedTTL(_ ttl: Located<Int>?, _ pool: PoolConfiguration) throws(ConfigurationError)
    -> UInt32
  {
    guard let ttl, ttl.value > 0 else { return 0 }
    guard pool.kind != .deterministic else {
      throw ttl.origin.error(
        "pool \(pool.name) is deterministic, so nothing in it expires",
        "remove the key, or make the pool kind: cache")
    }
    return UInt32(ttl.value)
  }
}
