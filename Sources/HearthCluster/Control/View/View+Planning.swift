// From a map that somebody wants to the step that begins the change.
extension View {
  /// Why a map cannot become the map of a running cluster.
  public struct Obstacle: Error, Equatable, CustomStringConvertible {
    /// One line, for the operator.
    public let description: String
    init(_ description: String) { self.description = description }
  }

  /// The wanted map with this view's numbers: nodes of the same name keep theirs, new ones come behind. What was of the map
  /// and is not wanted is in no copy. Throws if the one cannot be changed into the other.
  public func plan(_ wanted: ClusterMap) throws(Obstacle) -> ClusterMap {
    var nodes = map.nodes
    var numbers: [Int] = []
    for node in wanted.nodes {
      if let number = nodes.firstIndex(where: { $0.name == node.name }) {
        guard nodes[number].isSamePlace(as: node) || !map.members.contains(number) else {
          throw Obstacle(
            "node \(node.name) has another address than in the cluster: take it out of all copies first")
        }
        nodes[number] = node
        numbers.append(number)
      } else {
        nodes.append(node)
        numbers.append(nodes.count - 1)
      }
    }
    guard nodes.count <= 64 else {
      throw Obstacle(
        "the cluster has had \(nodes.count) names for nodes, and 64 is the most: use one again that is free now"
      )
    }
    func set(_ old: NodeSet) -> NodeSet { NodeSet(old.map { numbers[$0] }) }
    let plan = ClusterMap(
      nodes: nodes,
      pools: wanted.pools.map { MapPool(name: $0.name, copies: $0.copies.map(set)) },
      pairs: wanted.pairs.map { StandbyPair(numbers[$0.first], numbers[$0.second]) })
    guard plan.pools.map(\.name) == map.pools.map(\.name) else {
      throw Obstacle("the pools that name nodes are not those of the cluster")
    }
    guard plan.pairs == map.pairs else { throw Obstacle("the pair with the floating address is another one") }
    return plan
  }

  /// Is the wanted map this view's, but for the order of its nodes and for nodes in no copy?
  public func has(_ wanted: ClusterMap) -> Bool {
    guard let plan = try? plan(wanted), plan.nodes.count == map.nodes.count else { return false }
    return plan.pools == map.pools && map.members.allSatisfy { plan.nodes[$0] == map.nodes[$0] }
  }
}
