import CHearth
import Glibc

/// Follows one server's `curr_items` after a fill whose schedule of expiry is known.
struct ExpiryWatch {
  let name: String
  private let endpoint: Endpoint
  private var schedule = ExpirySchedule()
  private(set) var held: UInt64 = 0
  private var polledAt = 0.0
  /// Item-seconds between expiry and the disappearance from `curr_items`.
  private var overdue = 0.0

  init(_ name: String, _ endpoint: Endpoint) {
    self.name = name
    self.endpoint = endpoint
  }

  private static func now() -> Double { Double(hearth_monotonic_ns()) / 1e9 }

  /// Writes the items in parts, so that the time of each is known to a fraction of a second.
  mutating func fill(_ keyspace: Keyspace, _ items: UInt64) throws(SystemError) {
    let parts: UInt64 = 40
    for part in 0..<parts {
      var plan = LoadPlan(endpoint: endpoint)
      plan.firstKey = items * part / parts
      plan.keys = items * (part + 1) / parts - plan.firstKey
      let before = Self.now()
      let result = try LoadRun.run(plan.prefill(), keyspace)
      if result.failed { throw SystemError("\(name) refused items: \(result.complaint ?? "closed")") }
      let written = (before + Self.now()) / 2
      var counts: [UInt32: UInt64] = [:]
      for key in plan.firstKey..<(plan.firstKey + plan.keys) {
        counts[keyspace.view.ttl(of: key), default: 0] += 1
      }
      for (ttl, count) in counts { schedule.add(time: written + Double(ttl), count: count) }
    }
    held = try StatsClient(endpoint).number("curr_items")
    polledAt = Self.now()
  }

  /// Between two polls the number of items is taken to fall evenly.
  mutating func poll() throws(SystemError) {
    let items = try StatsClient(endpoint).number("curr_items")
    let now = Self.now()
    let heldSeconds = (Double(held) + Double(items)) / 2 * (now - polledAt)
    overdue += heldSeconds - schedule.alive(from: polledAt, to: now)
    held = items
    polledAt = now
  }

  /// Nothing is left, or the time after the last expiry has passed.
  func isEmpty(after patience: Int) -> Bool {
    held == 0 || polledAt > schedule.last + Double(patience)
  }

  /// Seconds. May be as low as -1: with clocks of whole seconds an item can go up to a second early.
  var meanDelay: Double { schedule.total > 0 ? overdue / Double(schedule.total) : 0 }
}
