// A key's owners are one node of each copy. The view knows no keys: it tells what can be, and every combination of owners is
// taken to have keys.
extension View {
  /// The primary of a key, given its owner in each copy; nil if none of them is ready.
  public func primary(pool: Int, owners: [Int]) -> Int? {
    for copy in orders[pool] where ready.contains(owners[copy]) { return owners[copy] }
    return nil
  }

  /// Nodes that share keys with this one, by either map.
  public func relatives(of node: Int) -> NodeSet {
    var relatives: NodeSet = []
    for (place, pool) in map.pools.enumerated() {
      if let party = party(pool: place) {
        if party.contains(node) { relatives = relatives.union(party) }
      } else if pool.copies.contains(where: { $0.contains(node) }) {
        for copy in pool.copies where !copy.contains(node) { relatives = relatives.union(copy) }
      }
    }
    relatives.remove(node)
    return relatives
  }

  /// Nodes that are primary of keys which this one has a copy of, or should have.
  public func primaries(over node: Int) -> NodeSet {
    NodeSet(ready.filter { $0 != node && feeds($0, to: node) })
  }

  /// Nodes, ready or not, that have or should have copies of keys whose primary this one is.
  public func followers(of node: Int) -> NodeSet {
    NodeSet(relatives(of: node).filter { feeds(node, to: $0) })
  }

  /// Is there a pool in which these three are in different copies?
  func isShared(_ first: Int, _ second: Int, _ third: Int) -> Bool {
    map.pools.enumerated().contains { place, pool in
      if let party = party(pool: place) { return [first, second, third].allSatisfy(party.contains) }
      let copies = [first, second, third].map { node in pool.copies.firstIndex { $0.contains(node) } }
      return !copies.contains(nil) && Set(copies).count == 3
    }
  }

  /// Is each key of the node also owned by a ready one of `holders`? Pools of one copy do not count.
  public func canSpare(_ node: Int, among holders: NodeSet) -> Bool {
    let holders = holders.intersection(ready)
    return map.pools.allSatisfy { pool in
      guard pool.copies.count > 1, pool.copies.contains(where: { $0.contains(node) }) else { return true }
      return pool.copies.contains { !$0.contains(node) && $0.isSubset(of: holders) }
    }
  }

  /// Nodes that have keys of which there is no other copy by the map.
  public var soleOwners: NodeSet {
    map.pools.reduce(NodeSet()) { $1.copies.count == 1 ? $0.union($1.copies[0]) : $0 }
  }

  /// Those of them that are not ready while their keys move, and have not been given up: others cannot load their keys.
  var awaited: NodeSet {
    map.pools.indices.reduce(NodeSet()) { awaited, place in
      guard moving[place], map.pools[place].copies.count == 1 else { return awaited }
      let absent = map.pools[place].copies[0].subtracting(ready)
      return awaited.union(NodeSet(absent.filter { !standings[$0].isGivenUp }))
    }
  }

  /// Has the pool one copy, which stays where it is? Then nobody but a key's owner reads it, or takes over from it.
  public func isSole(pool: Int) -> Bool {
    map.pools[pool].copies.count == 1 && !(isJoint && moving[pool])
  }

  /// All nodes of a pool whose keys move, by either map; nil: they do not.
  private func party(pool: Int) -> NodeSet? {
    guard moving[pool], let change else { return nil }
    return (map.pools[pool].copies + change.map.pools[pool].copies).reduce(NodeSet()) { $0.union($1) }
  }

  /// Nodes that are primary of keys which this one gains.
  func sources(of node: Int) -> NodeSet {
    NodeSet(ready.filter { $0 != node && gives($0, to: node) })
  }

  /// Can there be keys whose primary the one is and that the other one gains?
  private func gives(_ primary: Int, to node: Int) -> Bool {
    map.pools.indices.contains { gainers[$0].contains(node) && canBePrimary(primary, pool: $0) }
  }

  private func canBePrimary(_ node: Int, pool: Int) -> Bool {
    guard ready.contains(node),
      let own = map.pools[pool].copies.firstIndex(where: { $0.contains(node) })
    else { return false }
    return !absentees(pool: pool, before: own).contains(where: \.absent.isEmpty)
  }

  private func feeds(_ primary: Int, to node: Int) -> Bool {
    feedsByMap(primary, to: node) || gives(primary, to: node)
  }

  /// Nodes that are primary of keys which this one has by the map, or should have.
  func primariesByMap(over node: Int) -> NodeSet {
    NodeSet(ready.filter { $0 != node && feedsByMap($0, to: node) })
  }

  /// Has the one keys by the map whose primary the other is?
  func feedsByMap(_ primary: Int, to node: Int) -> Bool {
    guard ready.contains(primary) else { return false }
    return map.pools.indices.contains { place in
      let copies = map.pools[place].copies
      guard let own = copies.firstIndex(where: { $0.contains(primary) }),
        let other = copies.firstIndex(where: { $0.contains(node) }), other != own
      else { return false }
      // Of the keys that the node owns, do some come as far as the primary's copy?
      return absentees(pool: place, before: own).allSatisfy { copy, absent in
        copy == other ? absent.contains(node) : !absent.isEmpty
      }
    }
  }

  /// Can there be keys whose primary the node is now and was not before?
  func gains(_ node: Int, since old: View) -> Bool {
    let isNew = old.standings[node].incarnation != standings[node].incarnation
    for (place, pool) in map.pools.enumerated() {
      guard let own = pool.copies.firstIndex(where: { $0.contains(node) }) else { continue }
      let now = absentees(pool: place, before: own)
      if now.contains(where: \.absent.isEmpty) { continue }
      // With another map: of any.
      if isNew || isMoved(pool: place, since: old) { return true }
      // A copy whose owner had to be absent, and of which more nodes are absent now or which is not asked first any more, makes
      // it primary of more keys.
      for (copy, absent) in old.absentees(pool: place, before: own) where absent != pool.copies[copy] {
        guard let left = now.first(where: { $0.copy == copy })?.absent, left.isSubset(of: absent) else {
          return true
        }
      }
    }
    return false
  }

  private func isMoved(pool: Int, since old: View) -> Bool {
    old.map != map && !map.hasSamePlaces(pool: pool, as: old.map)
  }

  /// For each copy that comes before the given one its nodes that are not ready.
  private func absentees(pool: Int, before own: Int) -> [(copy: Int, absent: NodeSet)] {
    orders[pool].prefix { $0 != own }.map { ($0, map.pools[pool].copies[$0].subtracting(ready)) }
  }
}
