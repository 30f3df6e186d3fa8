/// Who is in the cluster, and which nodes make up which copy. A node is named by its place in `nodes`.
public struct ClusterMap: Hashable, Sendable {
  /// At most 64.
  public var nodes: [MapNode]
  /// The pools that have copies.
  public var pools: [MapPool]
  /// Pairs with a floating address.
  public var pairs: [StandbyPair]

  /// A map. Every node number has to be a place in `nodes`.
  public init(nodes: [MapNode], pools: [MapPool], pairs: [StandbyPair] = []) {
    precondition(nodes.count <= 64)
    self.nodes = nodes
    self.pools = pools
    self.pairs = pairs
  }

  /// The number of a node; nil: there is none of this name.
  public func number(of name: String) -> Int? { nodes.firstIndex { $0.name == name } }

  /// Have both the same pools and pairs, so that the one can be changed into the other?
  public func isSameCluster(as other: ClusterMap) -> Bool {
    pools.map(\.name) == other.pools.map(\.name) && pairs == other.pairs
  }
}
