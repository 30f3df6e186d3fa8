import CHearth

/// Produces bursts of requests. Owned by one load thread.
struct RequestSource {
  private let writer: RequestWriter
  private var sampler: KeySampler
  private let operation: Operation
  private let writeOperation: Operation
  private let writes: UInt64
  private let writesOutOf: UInt64
  private let multiget: Int
  let longestRequest: Int
  /// Requests this thread may still send.
  private(set) var remaining: UInt64

  init(plan: LoadPlan, keyspace: Keyspace, thread: Int) {
    let part = UInt64(thread)
    let parts = UInt64(plan.threads)
    writer = RequestWriter(keys: keyspace.view)
    operation = plan.operation
    writeOperation = plan.operation.matchingWrite
    writes = plan.writes
    writesOutOf = plan.writesOutOf
    multiget = plan.operation.isClassicRead ? plan.multiget : 1
    longestRequest = RequestWriter.longestRequest(
      keySize: keyspace.view.keySize, longestValue: keyspace.longestValue, count: multiget)
    let total = plan.requests ?? .max
    remaining = total == .max ? .max : total * (part + 1) / parts - total * part / parts
    // Threads that fill split the keys among them.
    let sequential = plan.distribution == .sequential
    let first = sequential ? plan.keys * part / parts : 0
    let count = sequential ? plan.keys * (part + 1) / parts - first : plan.keys
    sampler = KeySampler(
      plan.distribution, first: plan.firstKey + first, count: count, seed: plan.seed &+ part &* 0x9E37_79B9)
  }

  /// Entries that one request may need.
  var entriesPerRequest: Int { multiget }

  /// Writes one request; the caller has made room. Returns the bytes written and adds to `entries`.
  @inline(__always)
  mutating func next(
    to target: UnsafeMutablePointer<UInt8>, _ pending: UnsafeMutablePointer<PendingReply>,
    entries: inout Int
  ) -> Int {
    remaining &-= 1
    var operation = self.operation
    if writes > 0, sampler.chance(below: writesOutOf) < writes { operation = writeOperation }
    if multiget == 1 || !operation.isClassicRead {
      let key = sampler.nextKey()
      let end = writer.write(
        operation, key: key, size: writer.keys.size(of: key), to: target, pending: pending + entries)
      entries &+= 1
      return end - target
    }
    var key = sampler.nextKey()
    var end = writer.beginMultiget(operation, ttlOf: key, to: target)
    for i in 1...multiget {
      end = writer.appendKey(
        operation, key: key, size: writer.keys.size(of: key), last: i == multiget, to: end,
        pending: pending + entries)
      entries &+= 1
      if i < multiget { key = sampler.nextKey() }
    }
    return end - target
  }
}
