import CHearth

/// Clients that send gets at a rate, whatever happens to the server meanwhile.
struct PacedLoad {
  let endpoint: Endpoint
  /// Gets per second of all clients.
  let rate: Int
  let connections: Int
  /// Number of keys, which are all there.
  let keys: UInt64
  /// What their names begin with.
  let prefix: String

  /// What the clients see while `body` runs: nanoseconds, by seconds.
  func latencies(while body: () throws(SystemError) -> Void) throws(SystemError) -> [[UInt64]] {
    let control = LoadControl()
    defer { control.deallocate() }
    let start = hearth_monotonic_ns() + 20_000_000
    let clients = (0..<connections).map { i in
      PacedClient(
        self,
        pace: Pace(
          start: start + UInt64(i * 1_000_000_000 / rate), rate: Double(rate) / Double(connections)),
        seed: UInt64(i) + 1, control: control)
    }
    var threads: [BackgroundThread] = []
    for client in clients { threads.append(try BackgroundThread { client.run() }) }
    var failure: SystemError?
    do throws(SystemError) {
      try body()
    } catch {
      failure = error
    }
    control.enter(LoadControl.Phase.stopping)
    for thread in threads { thread.join() }
    for client in clients { failure = failure ?? client.failure }
    if clients.contains(where: { !$0.isPreferred }) {
      Console.error(
        "hearth-bench: the clients may not have a real-time priority, and wait for cores themselves")
    }
    if let failure { throw failure }
    let seconds = clients.map(\.latencies.count).min() ?? 0
    return (0..<seconds).map { second in clients.flatMap { $0.latencies[second] } }
  }

  /// Name of a key, as a `Keyspace` with that prefix makes it.
  func key(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return prefix + String(repeating: "0", count: Keyspace.shortestKey - digits.count) + digits
  }
}
