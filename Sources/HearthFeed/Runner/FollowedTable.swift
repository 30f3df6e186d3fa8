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
  /// Something is to be read without delay.
  var isHurried: Bool {
    if let pass, pass.purpose != .sweep { return true }
    return pass == nil && (wanted != nil || verification.isWanted)
  }

  /// A pass is wanted, with this purpose.
  var wanted: TablePass.Purpose? = .load
  /// When the last pass ended, nanoseconds.
  var lastPass: UInt64 = 0
  /// Rows of the last pass.
  var rows: UInt64 = 0
  /// Entries without a row that other nodes have removed at the end of the pass, as far as they were told.
  var vanished: [[UInt8]] = []
  /// What the last verification found.
  var verification = FeedStatus.Verification()
  /// Why rows were left out, as far as it was told.
  var toldOfSkips: Set<Skip> = []
  /// Rows in a chunk, adapted to their size.
  var chunkRows = 1000

  struct Skip: Hashable {
    let template: KeyTemplate
    let problem: KeyProblem
  }

  init(index: Int, _ configuration: TableConfiguration, pool: Int) {
    self.index = index
    self.configuration = configuration
    self.pool = pool
    name = TableName(database: configuration.database, table: configuration.table)
  }

  /// Its columns as far as they are known.
  var columns: [Column] { definition?.columns ?? [] }

  /// Asks for a verification, and returns its number.
  func verify() -> UInt64 {
    if pass?.purpose == .sweep { pass = nil }
    verification.isWanted = true
    return verification.count + (pass?.purpose == .verify ? 2 : 1)
  }

  /// Asks for a pass. One that is under way ends before, so that something that goes wrong again and again does not keep it from
  /// ever ending; only a sweep, which has no end in sight, begins anew as something more urgent.
  func want(_ purpose: TablePass.Purpose) {
    if pass?.purpose == .sweep { pass = nil }
    // The log stores rows before a load, and may have lost others: that has to find what vanished.
    if wanted == .load, purpose == .reload { wanted = .reload }
    if let wanted, wanted.rawValue >= purpose.rawValue { return }
    wanted = purpose
  }

  /// What a pass has read so far is worth nothing: it begins anew.
  func restart(_ purpose: TablePass.Purpose) {
    pass = nil
    wanted = purpose
  }
}
