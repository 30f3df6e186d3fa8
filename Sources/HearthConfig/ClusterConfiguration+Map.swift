extension ClusterConfiguration {
  /// What a reload cannot change: all but the nodes and their weights, and what this node is.
  var besidesMap: ClusterConfiguration {
    var result = self
    // By names, because their numbers may be others.
    let pair = [standby?.first, standby?.second].map { $0.map { nodes[$0].name } ?? "" }
    result.name += " " + pair.joined(separator: " ")
    result.standby?.first = 0
    result.standby?.second = 0
    result.nodes = [ownNode]
    result.nodes[0].weight = 1
    result.own = 0
    return result
  }
}

extension Configuration {
  /// Other nodes, weights or copies are noted, and made the cluster's when the operator says so. Keys of pools with one copy cannot
  /// move while their nodes run.
  func mapChange(
    to new: Configuration, _ applied: inout [ConfigurationChange], _ needsRestart: inout [String]
  ) {
    guard let old = cluster, let next = new.cluster else {
      for pool in pools where new.pools.first(where: { $0.name == pool.name })?.copies != pool.copies {
        needsRestart.append("pool \(pool.name): copies: needs a restart")
      }
      return
    }
    var moves = Set(old.nodes.map(\.description)) != Set(next.nodes.map(\.description))
    var copies: [[[Int]]] = []
    var isPossible = pools.contains { $0.copies.count > 1 }
    for pool in pools {
      guard let other = new.pools.first(where: { $0.name == pool.name }) else { return }
      copies.append(other.copies)
      let isSame = pool.members(in: old) == other.members(in: next)
      if min(pool.copies.count, 2) != min(other.copies.count, 2) || pool.copies.count == 1 && !isSame {
        let reason = pool.copies.count == 1 ? ", because it has one copy" : ""
        needsRestart.append("pool \(pool.name): copies: needs a restart\(reason)")
        isPossible = false
      }
      if !isSame { moves = true }
    }
    if !moves { return }
    if isPossible {
      applied.append(.map(next, copies: copies))
    } else if !pools.contains(where: { $0.copies.count > 1 }) {
      needsRestart.append("cluster: needs a restart")
    }
  }
}

extension PoolConfiguration {
  /// The nodes of each copy, as far as its keys depend on them.
  fileprivate func members(in cluster: ClusterConfiguration) -> [[String]] {
    copies.map { copy in copy.map { cluster.nodes[$0].description }.sorted() }
  }
}

extension ClusterConfiguration.Node: CustomStringConvertible {
  /// All but its zone.
  public var description: String { "\(name) \(address) \(peer) \(weight)" }
}
