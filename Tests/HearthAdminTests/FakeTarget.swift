import Synchronization

@testable import HearthAdmin

/// A daemon that knows three groups' fates and keeps what it was asked.
final class FakeTarget: AdminTarget {
  let bumped = Mutex<[[UInt8]]>([])
  let limits = Mutex<[Int]>([])

  static let lock = LockListing(
    key: "9e107d9d372bb6826bd81d3542a419d6", owner: 17, heldForMilliseconds: 1500, waiters: 3)
  static let someStatus = AdminStatus(
    version: "9.8.7", uptime: 61, pid: 4711,
    pools: [
      .init(name: "default", kind: "cache", items: 5, bytes: 600, limit: 64 << 20),
      .init(name: "prices", kind: "deterministic", items: 0, bytes: 0, limit: 8 << 20),
    ])

  func bump(group: [UInt8]) -> BumpResult {
    bumped.withLock { $0.append(group) }
    return group == Array("refused".utf8) ? .refused("no pool uses generations") : .bumped(generation: 43)
  }

  func locks(limit: Int) -> [LockListing] {
    limits.withLock { $0.append(limit) }
    return Array(repeating: Self.lock, count: min(limit, 2))
  }

  static let feed = FeedListing(
    name: "site", phase: "loading", server: "db:3306 (10.11)", position: "bin.000001:4", loadPercent: 43,
    loadSecondsLeft: 12, lagSeconds: 0, lagBytes: nil, lagTransactions: 3, differences: 1, lastError: "lost",
    lastErrorAge: 7,
    tables: [
      .init(
        name: "site.users", isLoaded: false, rows: 10, problem: "no such column", verifications: 2,
        verified: (rows: 9, differences: 1, vanished: 4))
    ])
  static let rows = PreviewListing.Rows(
    count: 2, excluded: 1, skipped: 0,
    entries: [.init(kind: "store", key: "user:1", value: "{}", length: 2, flags: 3, ttl: 60)])

  func feeds() -> [FeedListing] { [Self.feed] }

  func verify(table: String) -> UInt64? { table == "site.users" ? 3 : nil }

  func preview(table: String, rows: Int) -> UInt64? { table == "site.users" ? UInt64(rows) : nil }

  func preview(number: UInt64) -> PreviewListing? {
    switch number {
    case 5: .done(Self.rows)
    case 6: .failed("no connection")
    case 7: .pending
    default: nil
    }
  }

  func status() -> AdminStatus { Self.someStatus }
}
