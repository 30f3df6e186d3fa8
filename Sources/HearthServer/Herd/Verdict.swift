/// What a reader that was parked is told when it looks again at the request that it was parked at.
enum Verdict {
  /// It was not parked.
  case none
  /// The key was written: look again, and wait until then at most (milliseconds).
  case look(until: UInt64)
  /// A miss, with the lease until then.
  case lease(until: UInt64)
  /// A miss.
  case miss
}
