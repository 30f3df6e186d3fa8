extension ClusterMap {
  /// Where a pool's keys are by this map.
  public func placement(pool: Int) -> Placement {
    Placement(members: nodes.map(\.ringMember), copies: pools[pool].copies.map { Array($0) })
  }

  /// The nodes of all copies of all pools: all others may be stopped.
  public var members: NodeSet {
    pools.reduce(NodeSet()) { $1.copies.reduce($0) { $0.union($1) } }
  }

  /// Are a pool's keys where the other map has them, as far as the copies and the weights tell?
  func hasSamePlaces(pool: Int, as other: ClusterMap) -> Bool {
    let copies = pools[pool].copies
    return copies == other.pools[pool].copies
      && copies.allSatisfy { copy in
        // A ring of one is the same with any weight.
        copy.count == 1 || copy.allSatisfy { nodes[$0].weight == other.nodes[$0].weight }
      }
  }

  /// Nodes that own keys of a pool by the other map which they do not own by this one. Costs some look-ups for each point of the
  /// rings.
  func gainers(of next: ClusterMap, pool: Int) -> NodeSet {
    if hasSamePlaces(pool: pool, as: next) { return [] }
    let now = placement(pool: pool)
    let then = next.placement(pool: pool)
    var gainers: NodeSet = []
    // Between two neighbouring points nothing changes hands.
    for point in now.points + then.points {
      gainers = gainers.union(then.owners(of: point).subtracting(now.owners(of: point)))
    }
    return gainers
  }
}
