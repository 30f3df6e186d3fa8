/// What is replayed and how. Immutable, shared by the threads that replay it against both servers.
struct ReplayPlan: Sendable {
  let requests: [UInt32]
  let sizes: [UInt32]
  let keyspace: Keyspace
  /// Keys of one multiget at most.
  let batch: Int
  /// Requests before this one warm the cache and are not counted.
  let countFrom: Int
  /// Requests per second, or nil for as fast as possible: with a time to live both servers must see the same
  /// requests at the same time.
  let rate: Double?
}
