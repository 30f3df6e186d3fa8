import HearthConfig

/// What the rows of one table become: its configuration, compiled against its columns. Any thread; when the table
/// changes its shape another one is made.
public final class TableMapping: Sendable {
  /// Names the table in `Mutation`.
  public let id: Int
  /// What it was made of.
  public let configuration: TableConfiguration
  /// What it was made for.
  public let columns: [Column]
  /// Bytes that a value may have.
  public let valueLimit: Int
  /// For each column of the table whether it is looked at; the others need not be decoded or selected.
  public let wanted: [Bool]
  /// The columns that keys, groups and requeries are made of: a row's image from before has to hold them.
  public let keyColumns: [Int]

  let filter: RowFilter?
  let entries: [EntryMapping]
  let bumps: [KeyRenderer]
  let requeries: [RequeryMapping]

  /// Compiles.
  ///
  /// - Parameters:
  ///   - id: Any number, to tell tables apart in `Mutation`.
  ///   - valueLimit: Bytes that a value may have; a row with a larger one has no entry, and is counted.
  /// - Throws: A column that the table does not have, or a constant that does not compare with its column.
  public init(
    _ configuration: TableConfiguration, id: Int, columns: [Column], valueLimit: Int = 1 << 30
  ) throws(MappingError) {
    let names = ColumnNames(table: configuration.name, columns: columns)
    let foreign = configuration.foreignPrefixes
    filter =
      if let condition = configuration.filter { try RowFilterBuilder.filter(condition, names) } else { nil }
    var entries: [EntryMapping] = []
    for entry in configuration.entries {
      entries.append(try EntryMapping(entry, foreignPrefixes: foreign, names))
    }
    var bumps: [KeyRenderer] = []
    for bump in configuration.bumps {
      let place = "bump \(quoted(bump.description))"
      bumps.append(
        try KeyRenderer(bump, foreignPrefixes: []) { (name) throws(MappingError) in
          try names.index(of: name, in: place)
        })
    }
    var requeries: [RequeryMapping] = []
    for requery in configuration.requeries {
      requeries.append(try RequeryMapping(requery, foreignPrefixes: foreign, names))
    }

    var keys: Set<Int> = []
    var used = Set(filter?.columns ?? [])
    for entry in entries {
      keys.formUnion(entry.key.columns)
      used.formUnion(entry.valueColumns)
    }
    for bump in bumps { keys.formUnion(bump.columns) }
    for requery in requeries { keys.formUnion(requery.key.columns) }
    used.formUnion(keys)
    self.id = id
    self.configuration = configuration
    self.columns = columns
    self.valueLimit = valueLimit
    self.entries = entries
    self.bumps = bumps
    self.requeries = requeries
    keyColumns = keys.sorted()
    wanted = columns.indices.map { used.contains($0) }
  }

  /// What is wrong when the server writes `binlog_row_image=MINIMAL`, where images from before hold the primary key
  /// alone; nil: nothing. NOBLOB is enough where `keyColumns` holds no blob.
  public func problemWithMinimalImages() -> MappingError? {
    guard let column = keyColumns.first(where: { columns[$0].primaryKeyPosition == nil }) else { return nil }
    return ColumnNames(table: configuration.name, columns: columns).error(
      "binlog_row_image",
      "the column \(quoted(columns[column].name)) of a key is not in the primary key, so a MINIMAL "
        + "image does not tell the old key",
      "set binlog_row_image=FULL at the server, or make keys of the primary key")
  }

  /// What may surprise, though it works: keys that several rows can have. A line each.
  func hints(uniqueKeys: [Set<String>]) -> [String] {
    entries.map(\.key.template).compactMap { template in
      let columns = Set(template.columns)
      if uniqueKeys.contains(where: { !$0.isEmpty && $0.isSubset(of: columns) }) { return nil }
      return "table \(configuration.name): several rows can have the key \(template), because no unique "
        + "key is part of it: the one that was written last has the entry, and when one of them "
        + "is deleted there is none until the next sweep"
    }
  }

  /// The image has every column that is wanted. One that does not (MINIMAL, NOBLOB, PARTIAL_UPDATE_ROWS) has to be
  /// completed by reading the row again before it comes here.
  public func isComplete(_ image: borrowing RowImage) -> Bool {
    for column in 0..<wanted.count where wanted[column] && image[column].state == .absent { return false }
    return true
  }

  /// The row satisfies the condition. nil: the image does not tell.
  public func qualifies(_ image: borrowing RowImage) -> Bool? {
    guard let filter else { return true }
    let truth = filter.evaluate(image)
    return truth.low == 2 ? true : truth.high < 2 ? false : nil
  }

  /// Writes the key of an entry; answers its length, 1...250. `target` has room for 250 bytes.
  public func renderKey(
    ofEntry entry: Int, _ row: borrowing RowImage, into target: UnsafeMutableRawBufferPointer
  ) throws(KeyProblem) -> Int {
    try entries[entry].key.render(row, into: target)
  }
}
