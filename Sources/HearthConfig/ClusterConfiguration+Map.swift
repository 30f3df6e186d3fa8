extension ClusterConfiguration {
  /// Are the pools that name nodes kept by views, so that their map can change while the nodes run? Views are needed where a pool has
  /// several copies, and asked for with a place to keep them. All nodes have to agree on it, and a reload cannot change it.
  public func hasViews(_ pools: [PoolConfiguration]) -> Bool {
    let shared = pools.filter { !$0.copies.isEmpty }
    return shared.contains { $0.copies.count > 1 } || !shared.isEmpty && (etcd != nil || stateFile != nil)
  }

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
  /// Other nodes, weights or copies are noted, and made the cluster's when the operator says so; without views nothing can move while the
  /// nodes run.
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
    var obstacles: [String] = []
    let hasViews = old.hasViews(pools)
    let keepsViews = next.hasViews(new.pools)
    for pool in pools {
      guard let other = new.pools.first(where: { $0.name == pool.name }) else { return }
      copies.append(other.copies)
      if pool.members(in: old) == other.members(in: next) { continue }
      moves = true
      if pool.copies.isEmpty != other.copies.isEmpty {
        obstacles.append("pool \(pool.name): copies: needs a restart")
      } else if !hasViews {
        obstacles.append(
          "pool \(pool.name): copies: needs a restart of all nodes, which lose what they hold; with etcd: or state_file: in cluster: "
            + "it can change while they run")
      } else if !keepsViews {
        obstacles.append(
          "pool \(pool.name): copies: needs a restart of all nodes, because no pool would have a second copy; with etcd: or "
            + "state_file: in cluster: it can change while they run")
      } else if min(pool.copies.count, 2) != min(other.copies.count, 2), pool.replication != other.replication
      {
        obstacles.append(
          "pool \(pool.name): copies: replication, min_ready and lag_time change with them: give the copies alone, rebalance, and "
            + "restart with the rest; or the other way round")
      }
    }
    if !moves { return }
    needsRestart += obstacles
    if !obstacles.isEmpty { return }
    if hasViews { return applied.append(.map(next, copies: copies)) }
    needsRestart.append("cluster: needs a restart")
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
