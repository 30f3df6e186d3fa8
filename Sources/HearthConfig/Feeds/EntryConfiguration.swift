/// One entry that each row of a table is stored as.
public struct EntryConfiguration: Sendable, Equatable {
  /// What becomes of the entry when its row is deleted. A row that leaves the condition, or changes its key, always
  /// takes the entry along.
  public enum Deletion: String, Sendable, CaseIterable {
    /// It goes too.
    case delete
    /// It stays until it expires or is evicted.
    case keep
  }

  /// What is stored.
  public enum Value: Sendable, Equatable {
    /// A JSON object of the named columns in this order; empty: of all columns in the table's order.
    case json(columns: [String])
    /// The bytes of one column. A row with NULL there has no entry.
    case column(String)
    /// A page fragment.
    case page(PageTemplate)
  }

  /// Unique in the feed.
  public var key: KeyTemplate
  /// What is stored.
  public var value = Value.json(columns: [])
  /// Seconds; 0: no end.
  public var ttl: UInt32 = 0
  /// What clients get as the item's flags.
  public var flags: UInt32 = 0
  /// What becomes of it with its row.
  public var onDelete = Deletion.delete

  /// The whole row in JSON under this key.
  public init(key: KeyTemplate) { self.key = key }
}
