/// An entry that is asked from the database whenever a row it is made of changes.
public struct RequeryConfiguration: Sendable, Equatable {
  /// What is stored of the result.
  public enum Value: String, Sendable, CaseIterable {
    /// A JSON array with an object per row.
    case list
    /// The bytes of the only column of the first row; no row or NULL: no entry.
    case single
  }

  /// Unique in the feed.
  public var key: KeyTemplate
  /// Its parameters are columns of the key.
  public var statement: QueryTemplate
  /// What is stored of the result.
  public var value = Value.list
  /// Seconds; 0: no end.
  public var ttl: UInt32 = 0
  /// What clients get as the item's flags.
  public var flags: UInt32 = 0

  /// A list without an end.
  public init(key: KeyTemplate, statement: QueryTemplate) {
    self.key = key
    self.statement = statement
  }
}
