import CHearth
import Glibc

/// Replays requests against one server over one connection: each is a get, and a set when it misses. Owned by
/// one thread.
///
/// Requests go in batches: one multiget for up to `batch` different keys, then the sets of its misses in the
/// same order. A key that comes again ends the batch, so that its second request finds what its first one
/// stored. The order of the gets is that of the trace; only the sets come up to one batch late.
struct Replayer {
  private let plan: ReplayPlan
  private let endpoint: Endpoint
  private(set) var result = ReplayResult()

  init(_ plan: ReplayPlan, _ endpoint: Endpoint) {
    self.plan = plan
    self.endpoint = endpoint
  }

  mutating func run() throws(SystemError) {
    var exchange = try ReplayExchange(endpoint, plan.keyspace, batch: plan.batch)
    // The batch in which each object was last asked for.
    var lastBatch = [UInt32](repeating: 0, count: plan.sizes.count)
    var batchNumber: UInt32 = 0
    let start = hearth_monotonic_ns()
    var next = 0
    while next < plan.requests.count {
      batchNumber += 1
      let first = next
      while next < plan.requests.count, next - first < plan.batch,
        lastBatch[Int(plan.requests[next])] != batchNumber
      {
        lastBatch[Int(plan.requests[next])] = batchNumber
        next += 1
      }
      let misses = try exchange.get(plan.requests[first..<next], plan.sizes)
      if first >= plan.countFrom {
        result.requests += UInt64(next - first)
        result.misses += UInt64(misses)
      }
      if misses > 0 { result.refused += try exchange.setMisses() }
      if let rate = plan.rate {
        let due = start + UInt64(Double(next) / rate * 1e9)
        let now = hearth_monotonic_ns()
        if due > now + 1_000_000 { usleep(UInt32((due - now) / 1000)) }
      }
    }
  }
}
