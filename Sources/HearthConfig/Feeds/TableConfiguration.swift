/// A table and what its rows become.
public struct TableConfiguration: Sendable, Equatable {
  /// Entries, groups and lists that one row may lead to.
  public static let targetLimit = 64

  /// The database's name.
  public var database: String
  /// The table's name in it.
  public var table: String
  /// Where its entries go.
  public var pool: String
  /// Rows that do not satisfy it do not exist for the feed; nil: all do.
  public var filter: RowCondition?
  /// What a row is stored as.
  public var entries: [EntryConfiguration] = []
  /// The groups that a change of a row makes void.
  public var bumps: [KeyTemplate] = []
  /// What is asked anew when a row changes.
  public var requeries: [RequeryConfiguration] = []
  /// Beginnings of keys that belong to other pools, or to nobody, although they begin with this pool's prefix: what a
  /// row's values must not lead to.
  public var foreignPrefixes: [String] = []

  /// A table without any effect.
  public init(database: String, table: String, pool: String) {
    self.database = database
    self.table = table
    self.pool = pool
  }

  /// As in `photos.users`.
  public var name: String { "\(database).\(table)" }
}
