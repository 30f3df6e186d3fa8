/// The outcome of a replay against one server.
struct ReplayResult: Equatable, Sendable {
  var requests: UInt64 = 0
  var misses: UInt64 = 0
  /// Sets that the server refused.
  var refused: UInt64 = 0

  var missRatio: Double { requests > 0 ? Double(misses) / Double(requests) : .nan }
}
