/// Everything that defines a load.
struct LoadPlan: Sendable {
  var endpoint: Endpoint
  var connections = 50
  var threads = 1
  /// Requests in a burst: the next burst of a connection goes out when the last one is answered.
  var depth = 1
  /// Keys in each read.
  var multiget = 1
  var operation = Operation.get
  /// Writes among `writesOutOf` requests, in place of `operation`.
  var writes: UInt64 = 0
  var writesOutOf: UInt64 = 1
  var keys: UInt64 = 1_000_000
  var firstKey: UInt64 = 0
  var distribution = KeyDistribution.uniform
  /// Measured time in seconds; with `requests` the latest end.
  var seconds: Double?
  /// Requests over all threads.
  var requests: UInt64?
  var warmup: Double = 0
  var seed: UInt64 = 1
  /// Datagrams in flight per socket.
  var datagramsInFlight = 8
  /// Whose CPU time and memory are measured, together.
  var serverPIDs: [Int32] = []

  /// Writes every key once.
  func prefill() -> LoadPlan {
    var plan = self
    if case .udp(let host, let port) = endpoint { plan.endpoint = .tcp(host: host, port: port) }
    plan.connections = min(connections, 8)
    plan.threads = 1
    plan.depth = 50
    plan.multiget = 1
    plan.operation = .set
    plan.writes = 0
    plan.distribution = .sequential
    plan.seconds = nil
    plan.requests = keys
    plan.warmup = 0
    return plan
  }
}
