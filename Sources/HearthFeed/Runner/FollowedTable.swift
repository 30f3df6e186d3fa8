import HearthConfig

/// A table that a feed keeps ready. Everything but the constants belongs to the feed's lock.
final class FollowedTable: @unchecked Sendable {
  /// Its number in the feed, and in `Mutation.table`.
  let index: Int
  let name: TableName
  let configuration: TableConfiguration
  /// Number of the pool that its entries are in.
  let pool: Int

  /// As the server's schema has it; nil: not known now.
  var definition: TableDefinition?
  /// Made for that definition.
  var mapping: TableMapping?
  /// Changes with every definition.
  var generation = 0
  /// The definition may have changed: it is asked again before the next reading.
  var mustBeDefined = false
  /// Why it is not followed; nil: it is.
  var problem: String?
  /// Its entries are complete.
  var isLoaded = false
  /// The reading that is under way.
  var pass: TablePass?
  /// A pass is wanted, with this purpose.
  var wanted: TablePass.Purpose? = .load
  /// When the last pass ended, nanoseconds.
  var lastPass: UInt64 = 0
  /// Rows of the last pass.
  var rows: UInt64 = 0
  /// Rows in a chunk, adapted to their size.
  var chunkRows = 1000

  init(index: Int, _ configuration: TableConfiguration, pool: Int) {
    self.index = index
    self.configuration = configuration
    self.pool = pool
    name = TableName(database: configuration.database, table: configuration.table)
  }

  /// Asks for a pass; a running one begins anew.
  func want(_ purpose: TablePass.Purpose) {
    pass = nil
    // A load that has not ended stays a load.
    wanted = !isLoaded && purpose != .load ? (wanted ?? .reload) : purpose
  }
}
