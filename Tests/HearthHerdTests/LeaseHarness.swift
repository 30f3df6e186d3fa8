import CHearth

@testable import HearthHerd

/// A lease table under test, with names for keys, a clock that the test sets, and the actions as an array.
final class LeaseHarness {
  var table: LeaseTable
  var rule: HerdRule
  var now: UInt64 = 1_000_000
  private var buffer = HerdActions()

  init(
    _ rule: HerdRule, capacity: Int = 1000, waiters: Int = 1000, maximumBytes: Int = 1 << 20, pools: Int = 2
  ) {
    self.rule = rule
    table = LeaseTable(capacity: capacity, waiters: waiters, maximumBytes: maximumBytes, pools: pools)
  }

  func withKey<R>(_ name: String, _ pool: UInt16, _ body: (LeaseKey) -> R) -> R {
    let bytes = Array(name.utf8)
    return bytes.withUnsafeBytes {
      body(LeaseKey(pool: pool, $0.baseAddress!, $0.count, hash: hearth_hash($0.baseAddress!, $0.count)))
    }
  }

  /// The actions that came since the last call.
  func takeActions() -> [HerdAction] {
    defer { buffer.removeAll() }
    return (0..<buffer.count).map { buffer[$0] }
  }

  /// What came since the last call, as `kind:reader`.
  func takeNews() -> [String] { takeActions().map { "\($0.kind):\($0.ticket.reader)" } }

  func read(_ name: String, _ request: ReadRequest, _ item: ItemView, pool: UInt16 = 0) -> ReadAnswer {
    withKey(name, pool) { table.read($0, request, item, rule, now: now, &buffer) }
  }

  func get(
    _ reader: UInt64, _ item: ItemView = .absent, _ command: ReadCommand = .get, key: String = "k"
  ) -> ReadAnswer {
    read(key, ReadRequest(command, reader: reader), item)
  }

  func permit(_ request: WriteRequest, key: String = "k") -> WritePermit {
    withKey(key, 0) { table.permit($0, request, now: now) }
  }

  @discardableResult
  func written(_ kind: WriteKind = .set, key: String = "k") -> UInt64 {
    withKey(key, 0) { table.written($0, kind, now: now, &buffer) }
  }

  func deleted(key: String = "k") { withKey(key, 0) { table.deleted($0, now: now, &buffer) } }

  func invalidated(key: String = "k", clock: UInt64 = 0) {
    withKey(key, 0) { table.invalidated($0, rule, clock: clock, now: now, &buffer) }
  }

  func won(_ reader: UInt64, token: UInt64, clock: UInt64 = 0, key: String = "k") -> UInt64 {
    withKey(key, 0) { table.won($0, by: reader, token: token, rule, clock: clock, now: now) }
  }

  @discardableResult
  func closed(_ ticket: WaitTicket) -> Bool { table.closed(ticket) }

  /// Lets time pass, and the table notice it.
  func pass(_ milliseconds: UInt64) {
    now += milliseconds
    while table.nextDeadline <= now { table.tick(now: now, &buffer) }
  }

  var counters: HerdCounters { table.counters(pool: 0) }
  var isEmpty: Bool { table.isEmpty }
  var count: Int { table.count }
  var bytes: Int { table.bytes }
  var parkedReaders: Int { table.parkedReaders }
  var nextDeadline: UInt64 { table.nextDeadline }

  /// Everything that is not as it must be in the table.
  func violations() -> [String] { table.violations() }
}

extension ReadAnswer {
  /// The ticket of a parked reader.
  var ticket: WaitTicket? {
    if case .park(let ticket) = self { return ticket }
    return nil
  }

  /// The end of the lease that was given with it.
  var leaseEnd: UInt64? {
    switch self {
    case .miss(.lease(let until)), .serveWon(let until), .serveStaleWon(let until): return until
    default: return nil
    }
  }
}
