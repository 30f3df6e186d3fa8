/// What a table keeps for one pool.
struct LeasePool {
  var counters = HerdCounters()
  /// The latest generation clock that a request brought: a lease given to a waiter gets it.
  var clock: UInt64 = 0
}
