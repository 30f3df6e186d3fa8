/// The columns of a table, from table maps with full metadata or from information_schema.
public struct TableSchema: Sendable, Equatable {
  /// In the table's order.
  public var columns: [ColumnSchema]

  /// Columns in the table's order.
  public init(columns: [ColumnSchema]) {
    self.columns = columns
  }

  /// Columns of the primary key, in the key's order; empty: the table has none.
  public var primaryKey: [Int] {
    columns.indices.filter { columns[$0].column.primaryKeyPosition != nil }
      .sorted { (columns[$0].column.primaryKeyPosition ?? 0) < (columns[$1].column.primaryKeyPosition ?? 0) }
  }

  /// From a table map; nil: it does not tell names, or a character set is unknown.
  init?(_ wire: [WireColumn], _ metadata: TableMetadata) {
    guard metadata.names.count == wire.count else { return nil }
    columns = []
    columns.reserveCapacity(wire.count)
    for (index, column) in wire.enumerated() {
      let characterSet = column.collation.map { CharacterSet(collation: $0) } ?? .binary
      let isListed = column.type == WireType.enumeration || column.type == WireType.set
      guard let characterSet else { return nil }
      var members: [String] = []
      if isListed {
        guard let bytes = metadata.members[index], let conversion = TextConversion(characterSet) else {
          return nil
        }
        members = bytes.map { conversion.string($0) }
      }
      columns.append(
        ColumnSchema(
          Column(name: metadata.names[index], kind: column.kind), isUnsigned: column.isUnsigned ?? false,
          characterSet: characterSet, members: members))
    }
    for (position, column) in metadata.primaryKey.enumerated() {
      columns[column].column.primaryKeyPosition = position
    }
  }
}
