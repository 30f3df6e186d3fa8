/// The keys of a table: which rows, and what they become.
enum TableFields {
  static func read(_ entry: Entry) throws(ConfigurationError) -> TableDraft {
    var table = TableDraft(origin: entry.origin)
    try entry.read(fields, into: &table)
    return table
  }

  private static let fields: [Field<TableDraft>] =
    [
      Field("table") { (entry, table) throws(ConfigurationError) in table.name = try name(entry) },
      Field("pool") { (entry, table) throws(ConfigurationError) in table.pool = try entry.text() },
      Field("where") { (entry, table) throws(ConfigurationError) in
        let text = try entry.text(as: "a condition", "active = 1")
        do throws(SyntaxProblem) {
          table.filter = try RowCondition(text.value)
        } catch {
          throw text.origin.error(error)
        }
      },
      Field("entries") { (entry, table) throws(ConfigurationError) in
        for item in try limited(entry) { table.entries.append(try EntryFields.read(item)) }
      },
      Field("bump") { (entry, table) throws(ConfigurationError) in
        for item in try limited(entry) { table.bumps.append(try key(item)) }
      },
      Field("requery") { (entry, table) throws(ConfigurationError) in
        for item in try limited(entry) { table.requeries.append(try RequeryFields.read(item)) }
      },
    ]
    + EntryFields.fields.map { field in
      Field<TableDraft>(field.key) { (entry, table) throws(ConfigurationError) in
        var own = table.own ?? EntryDraft(origin: table.origin)
        try field.read(entry, &own)
        table.own = own
      }
    }

  private static func limited(_ entry: Entry) throws(ConfigurationError) -> [Entry] {
    let items = try entry.items()
    guard items.count <= TableConfiguration.targetLimit else {
      throw entry.error("there are \(items.count) of them", "give \(TableConfiguration.targetLimit) at most")
    }
    return items
  }

  static func key(_ entry: Entry) throws(ConfigurationError) -> Located<KeyTemplate> {
    let text = try entry.text(as: "a key", "user:{id}")
    do throws(SyntaxProblem) {
      return Located(try KeyTemplate(text.value), text.origin)
    } catch {
      throw text.origin.error(error)
    }
  }

  private static func name(
    _ entry: Entry
  ) throws(ConfigurationError) -> Located<(database: String, table: String)> {
    let text = try entry.text(as: "a table", "photos.users").value
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    // MySQL: identifiers have at most 64 characters.
    guard parts.count == 2, parts.allSatisfy({ 1...64 ~= $0.unicodeScalars.count }), !text.contains("`")
    else {
      throw entry.error("\(quoted(text)) is not a table", "write DATABASE.TABLE, as in photos.users")
    }
    return Located((parts[0], parts[1]), entry.origin)
  }

  static func ttl(_ entry: Entry) throws(ConfigurationError) -> Located<Int> {
    try entry.duration(Draft.ttlRange)
  }

  static func flags(_ entry: Entry) throws(ConfigurationError) -> UInt32 {
    UInt32(try entry.integer(0...Int(UInt32.max)).value)
  }
}
