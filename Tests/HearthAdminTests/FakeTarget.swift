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

  func status() -> AdminStatus { Self.someStatus }
}
