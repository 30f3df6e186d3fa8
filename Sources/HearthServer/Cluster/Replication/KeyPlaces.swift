import HearthCluster

/// Where the keys of pools with several copies are, by a view's map and by the one that is to be, with this process's numbers. Constant;
/// rulings hold it.
final class KeyPlaces: @unchecked Sendable {
  /// By pool, nil for those without several copies.
  let now: UnsafeMutablePointer<UnsafePointer<Placement>?>
  /// The same by the map that is to be, where that differs.
  let next: UnsafeMutablePointer<UnsafePointer<Placement>?>
  private let count: Int

  /// The places of a view; `pools` are the numbers of the map's pools among all.
  init(_ view: View, pools: [Int], _ numbers: NodeNumbers) {
    count = (pools.max() ?? -1) + 1
    now = .allocate(capacity: max(1, count))
    now.initialize(repeating: nil, count: max(1, count))
    next = .allocate(capacity: max(1, count))
    next.initialize(repeating: nil, count: max(1, count))
    for (place, pool) in pools.enumerated() {
      now[pool] = Self.make(view.map, pool: place, numbers)
      guard view.isJoint, let other = view.change?.map, !view.hasSamePlaces(pool: place) else { continue }
      next[pool] = Self.make(other, pool: place, numbers)
    }
  }

  private static func make(_ map: ClusterMap, pool: Int, _ numbers: NodeNumbers) -> UnsafePointer<Placement> {
    let nobody = RingMember(host: "", port: 0)
    var members = Array(repeating: nobody, count: NodeDirectory.limit)
    for (number, node) in map.nodes.enumerated() { members[numbers.local[number]] = node.ringMember }
    let placement = UnsafeMutablePointer<Placement>.allocate(capacity: 1)
    placement.initialize(
      to: Placement(
        members: members, copies: map.pools[pool].copies.map { copy in copy.map { numbers.local[$0] } }))
    return UnsafePointer(placement)
  }

  deinit {
    for places in [now, next] {
      for pool in 0..<count {
        guard let made = places[pool] else { continue }
        let placement = UnsafeMutablePointer(mutating: made)
        placement.deinitialize(count: 1)
        placement.deallocate()
      }
      places.deallocate()
    }
  }
}
