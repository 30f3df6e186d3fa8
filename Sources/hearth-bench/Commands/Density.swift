import CHearth

/// How many items a full server holds and in how much memory.
struct Density: Equatable, Sendable {
  var items: UInt64
  var residentBytes: UInt64

  var itemsPerGibibyte: Double { Double(items) / (Double(residentBytes) / 1_073_741_824) }

  /// Writes unique keys until the server evicts and `curr_items` has been flat, within 0.2 %, over three
  /// steps of a twentieth of the capacity each.
  static func measure(
    _ endpoint: Endpoint, _ pid: Int32, _ keyspace: Keyspace, capacity: UInt64, itemSize: Int,
    _ progress: Progress
  ) throws(SystemError) -> Density {
    var plan = LoadPlan(endpoint: endpoint)
    plan.keys = max(capacity / UInt64(itemSize + 40) / 20, 1)
    let client = try StatsClient(endpoint)
    var flatSteps = 0
    var previous: UInt64 = 0
    // Four times the capacity is enough for any server; one that never evicts must not run for ever.
    for step in 0..<80 {
      var part = plan.prefill()
      part.firstKey = UInt64(step) * plan.keys
      let result = try LoadRun.run(part, keyspace)
      if result.failed {
        throw SystemError("the server refused items while it was filled: \(result.complaint ?? "closed")")
      }
      let stats = try client.stats()
      guard let items = stats["curr_items"].flatMap({ UInt64($0) }) else {
        throw SystemError("the server's stats have no curr_items")
      }
      progress.show { "\(items) items, \(stats["evictions"] ?? "?") evictions" }
      let change = items > previous ? items - previous : previous - items
      flatSteps = stats["evictions"] != "0" && change * 500 <= items ? flatSteps + 1 : 0
      previous = items
      if flatSteps == 3 {
        progress.clear()
        return Density(items: items, residentBytes: try ProcessStatistics(pid: pid).residentBytes)
      }
    }
    throw SystemError("the number of items has not settled after four times the memory was written")
  }
}
