/// What operators see.
extension KeyedMutexTable {
  /// The longest that a key was ever held, those held now included; milliseconds.
  public func longestHold(now: UInt64) -> UInt64 {
    // The earliest deadline is that of the oldest hold.
    let oldest = earliest == 0 ? 0 : now - holds[earliest].pointee.since
    return max(counters.longestHold, oldest)
  }

  /// Lists held keys, at most `limit` places a call, so that the lock is not held long. `cursor` begins at 0
  /// and says where the next call goes on. Returns false when all were listed; a key that is released and
  /// taken again meanwhile may be listed twice or not at all.
  public func list(
    from cursor: inout UInt32, limit: Int, now: UInt64, _ body: (MutexListing) -> Void
  ) -> Bool {
    for _ in 0..<limit {
      cursor += 1
      if !holds.contains(cursor) { return false }
      let hold = holds[cursor].pointee
      if !hold.isListed { continue }
      body(
        MutexListing(
          key: hold.key, owner: claims[hold.owner].pointee.peer, heldFor: now - hold.since,
          waiters: Int(hold.waiterCount)))
    }
    return true
  }
}
