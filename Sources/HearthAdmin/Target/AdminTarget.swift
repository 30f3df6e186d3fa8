/// What the admin interface looks at and acts on. Called on the admin thread only, one call at a time; a call may wait
/// for other threads, for a bounded time.
public protocol AdminTarget: AnyObject, Sendable {
  /// Makes everything that was stored in a key group so far invalid. `group` has 1 to 250 bytes of any value.
  func bump(group: [UInt8]) -> BumpResult

  /// Keyed mutexes that are held now, at most `limit` of them.
  func locks(limit: Int) -> [LockListing]

  /// What each feed does.
  func feeds() -> [FeedListing]

  /// Reads a table again, compares and repairs. Returns the number of the verification, which the table's listing reaches when it
  /// has ended; nil: no feed follows a table of this name.
  func verify(table: String) -> UInt64?

  /// Asks for what the first rows of a table become. Returns a number; nil: no feed follows a table of this name.
  func preview(table: String, rows: Int) -> UInt64?

  /// Nil: there is no such preview, or it was too long ago.
  func preview(number: UInt64) -> PreviewListing?

  /// The cluster as this node sees it; nil: there is none, or its pools have one copy.
  func cluster() -> ClusterListing?

  /// Carries a command out, or begins to. Returns nil, or why not: one line.
  func command(_ command: ClusterCommand) -> String?

  /// What the daemon is and holds.
  func status() -> AdminStatus
}
