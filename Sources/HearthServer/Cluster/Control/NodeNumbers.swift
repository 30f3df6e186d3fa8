import HearthCluster

/// The numbers of a view's nodes in this process (`NodeDirectory`), and back.
struct NodeNumbers: Equatable {
  /// By the number in the view.
  private(set) var local: [Int]
  /// By the number here; -1: the view does not name it.
  private var inView: [Int]

  /// Those of a view, in its order.
  init(_ local: [Int]) {
    self.local = local
    inView = Array(repeating: -1, count: NodeDirectory.limit)
    for (number, place) in local.enumerated() { inView[place] = number }
  }

  /// The numbers of a map's nodes, which the directory learns; nil: there are too many.
  init?(_ map: ClusterMap, _ directory: NodeDirectory) {
    var local: [Int] = []
    for node in map.nodes {
      guard let number = directory.add(node) else { return nil }
      local.append(number)
    }
    self.init(local)
  }

  /// A node's number in the view; nil: it does not name it.
  func number(_ local: Int) -> Int? { inView[local] < 0 ? nil : inView[local] }

  /// The same nodes by their numbers here.
  func set(_ nodes: NodeSet) -> NodeSet { NodeSet(nodes.map { local[$0] }) }
}
