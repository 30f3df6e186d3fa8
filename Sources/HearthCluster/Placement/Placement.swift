/// On which nodes the keys of one pool are: a ring for each of its copies. Constant once made; any thread.
public struct Placement: Sendable {
  private struct Copy: Sendable {
    let ring: Ring
    /// Numbers of the nodes, by their numbers in the ring.
    let nodes: [UInt8]
  }

  private let copies: [Copy]
  /// Number of copies.
  public let copyCount: Int
  /// Each copy is on one node, so that no key need be looked for.
  public let isUniform: Bool

  /// A pool with copies on these nodes.
  /// - Parameters:
  ///   - members: All nodes, at most 255.
  ///   - copies: Numbers of nodes for each copy, none of them empty.
  public init(members: [RingMember], copies: [[Int]]) {
    copyCount = copies.count
    isUniform = copies.allSatisfy { $0.count == 1 }
    self.copies = copies.map { numbers in
      Copy(ring: Ring(numbers.map { members[$0] }), nodes: numbers.map { UInt8($0) })
    }
  }

  /// The nodes of a copy.
  public func nodes(copy: Int) -> NodeSet { NodeSet(copies[copy].nodes.map { Int($0) }) }

  /// The nodes of all copies.
  public var allNodes: NodeSet { copies.indices.reduce(NodeSet()) { $0.union(nodes(copy: $1)) } }

  /// The node that has the key in a copy.
  @inline(__always)
  public func owner(of point: UInt32, copy: Int) -> Int {
    copies[copy].nodes.count == 1
      ? Int(copies[copy].nodes[0]) : Int(copies[copy].nodes[copies[copy].ring.owner(of: point)])
  }

  /// The nodes that have the key, one in each copy.
  public func owners(of point: UInt32) -> NodeSet {
    NodeSet(copies.indices.map { owner(of: point, copy: $0) })
  }

  /// All points of its rings.
  var points: [UInt32] { copies.flatMap(\.ring.points) }
}
