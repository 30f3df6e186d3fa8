import CHearth
import HearthCluster
import HearthStorage

/// How the bump of a group ended, for an operator.
public enum GroupBump: Equatable, Sendable {
  /// Its generation now.
  case bumped(UInt64)
  /// Nothing was changed; one line.
  case refused(String)
}

extension ServerState {
  /// Makes everything stored so far under the group void, in every pool that may hold some of it. `ownPool`: the
  /// only one that counts for a client of a pool's own listener.
  static func bump(
    _ s: UnsafeMutablePointer<ServerState>, _ group: UnsafeRawBufferPointer,
    ownPool: UnsafeMutablePointer<ServerPool>? = nil, note: (NumberedBump) -> Void = { _ in }
  ) -> GroupBump {
    let targets = groupPools(s, group, ownPool)
    if targets.isEmpty { return .refused(noGenerations) }
    if isUnnumbered(s, targets[0].pool) { return .refused(noNumbers) }
    let time = hearth_monotonic_ns() / 1_000_000
    var generation: UInt64 = 0
    for (i, target) in targets.enumerated() {
      let pool = s.pointee.pools.pools[target.pool].pool
      let name = target.isWhole ? UnsafeRawBufferPointer(start: nil, count: 0) : group
      switch pool.bump(name, time: time) {
      case .bumped(let number):
        if i == 0 { generation = number }
        note(NumberedBump(pool: target.pool, group: Pool.groupHash(name), clock: number))
      case .tooDeep: return .refused(tooDeep)
      case .noMemory: return .refused("out of memory for groups bumped lately")
      }
    }
    return .bumped(generation)
  }

  /// Other nodes keep keys of the pool, too, and how far their numbers are is not known here.
  private static func isUnnumbered(_ s: UnsafeMutablePointer<ServerState>, _ pool: Int) -> Bool {
    s.pointee.pools.pools[pool].isShared && s.pointee.pools.pools[pool].pool.generationClock == 0
  }

  private static let noNumbers = "groups have no numbers yet: not all nodes of the pool can be reached"

  /// The group's generation; an error where there is none.
  static func generation(
    _ s: UnsafeMutablePointer<ServerState>, _ group: UnsafeRawBufferPointer,
    ownPool: UnsafeMutablePointer<ServerPool>?
  ) -> GroupBump {
    guard let target = groupPools(s, group, ownPool).first else { return .refused(noGenerations) }
    if isUnnumbered(s, target.pool) { return .refused(noNumbers) }
    let pool = s.pointee.pools.pools[target.pool].pool
    if !target.isWhole, pool.isTooDeep(group) { return .refused(tooDeep) }
    return .bumped(pool.generation(target.isWhole ? UnsafeRawBufferPointer(start: nil, count: 0) : group))
  }

  private static let tooDeep = "a group's name has at most 8 parts"

  static let noGenerations = "the pool of this group keeps no generations"

  private static func groupPools(
    _ s: UnsafeMutablePointer<ServerState>, _ group: UnsafeRawBufferPointer,
    _ ownPool: UnsafeMutablePointer<ServerPool>?
  ) -> [(pool: Int, isWhole: Bool)] {
    if let ownPool {
      return ownPool.pointee.pool.hasGenerations ? [(ownPool.pointee.index, group.count == 0)] : []
    }
    return s.pointee.groups.pools(of: group, in: s.pointee.pools)
  }
}

extension Server {
  /// Makes everything stored so far under the group void: what `incr gen/GROUP 1` does. Any thread.
  public func bump(group: [UInt8]) -> GroupBump {
    if group.count > 250 { return .refused("a group's name has at most 250 bytes") }
    if group.contains(where: { $0 <= 32 || $0 == 127 }) {
      return .refused("a group's name has no blanks and no control characters")
    }
    if state.pointee.groups.shared != nil {
      return .refused("other nodes keep its keys, too: bump it as a client, with incr or delete")
    }
    return group.withUnsafeBytes { ServerState.bump(state, $0) }
  }
}
