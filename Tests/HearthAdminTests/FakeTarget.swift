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

  static let cluster = ClusterListing(
    name: "west", node: "a", view: 17, store: "etcd", trouble: "",
    nodes: [
      .init(
        name: "a", zone: "z1", address: "10.0.0.1:11211", state: "active", incarnation: 65536, since: 3,
        epoch: 12, lag: nil, resync: nil, isProtected: false),
      .init(
        name: "b", zone: "", address: "10.0.0.2:11211", state: "syncing", incarnation: 0, since: 0, epoch: 0,
        lag: .init(records: 7, milliseconds: 40),
        resync: .init(items: 120, bytes: 3 << 20, percent: 43, secondsLeft: 12), isProtected: true),
    ],
    pairs: [.init(nodes: ["a", "b"], active: "a")])
  let commands = Mutex<[ClusterCommand]>([])
  /// The daemon has a cluster.
  let hasCluster: Bool

  init(hasCluster: Bool = true) { self.hasCluster = hasCluster }

  func cluster() -> ClusterListing? { hasCluster ? Self.cluster : nil }

  func command(_ command: ClusterCommand) -> String? {
    commands.withLock { $0.append(command) }
    return command == .promote("c") ? "there is no node c" : nil
  }

  func status() -> AdminStatus { Self.someStatus }
}
