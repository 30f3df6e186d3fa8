/// A change that is looked for in the cache.
struct VisibilitySample: Sendable {
  /// Which row.
  let id: Int
  /// What its column says from this change on.
  let version: UInt64
  /// When COMMIT had returned, nanoseconds; 0: it has not.
  var committed: UInt64 = 0
  /// When a get had shown it; 0: none has.
  var seen: UInt64 = 0

  /// Nanoseconds between the two; nil: it was never both. A change that was there before its COMMIT returned took none.
  var delay: UInt64? {
    if committed == 0 || seen == 0 { return nil }
    return seen > committed ? seen - committed : 0
  }

  init(id: Int, version: UInt64) {
    self.id = id
    self.version = version
  }
}
