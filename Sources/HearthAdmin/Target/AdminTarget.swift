/// What the admin interface looks at and acts on. Called on the admin thread only, one call at a time; a call may wait
/// for other threads, for a bounded time.
public protocol AdminTarget: AnyObject, Sendable {
  /// Makes everything that was stored in a key group so far invalid. `group` has 1 to 250 bytes of any value.
  func bump(group: [UInt8]) -> BumpResult

  /// Keyed mutexes that are held now, at most `limit` of them.
  func locks(limit: Int) -> [LockListing]

  /// What the daemon is and holds.
  func status() -> AdminStatus
}
