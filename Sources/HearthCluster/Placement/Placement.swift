/// On which nodes the keys of one pool are: a ring for each of its copies. Constant once made; any thread.
///
/// Laid out flat, because each request of such a pool looks here: an array would be retained and released for it.
public struct Placement: ~Copyable, @unchecked Sendable {
  /// A copy's points in ascending order, and for each the number of its node.
  private struct Copy {
    let points: UnsafeMutablePointer<UInt32>
    let nodes: UnsafeMutablePointer<UInt8>
    let count: Int
    /// All its nodes; one of next to no weight has no point.
    let all: NodeSet
    /// The one node of a copy that has no more.
    let single: UInt8?
  }

  private let copies: UnsafeMutablePointer<Copy>
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
    self.copies = .allocate(capacity: max(1, copies.count))
    for (copy, numbers) in copies.enumerated() {
      let ring = Ring(numbers.map { members[$0] })
      let points = UnsafeMutablePointer<UInt32>.allocate(capacity: max(1, ring.points.count))
      let nodes = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, ring.points.count))
      for (place, point) in ring.points.enumerated() {
        (points + place).initialize(to: point)
        (nodes + place).initialize(to: UInt8(numbers[ring.owner(of: point)]))
      }
      (self.copies + copy).initialize(
        to: Copy(
          points: points, nodes: nodes, count: ring.points.count, all: NodeSet(numbers),
          single: numbers.count == 1 ? UInt8(numbers[0]) : nil))
    }
  }

  deinit {
    for copy in 0..<copyCount {
      copies[copy].points.deallocate()
      copies[copy].nodes.deallocate()
    }
    copies.deallocate()
  }

  /// The nodes of a copy.
  public func nodes(copy: Int) -> NodeSet { copies[copy].all }

  /// The nodes of all copies.
  public var allNodes: NodeSet { (0..<copyCount).reduce(NodeSet()) { $0.union(nodes(copy: $1)) } }

  /// The node that has the key in a copy.
  @inline(__always)
  public func owner(of point: UInt32, copy: Int) -> Int {
    if let single = copies[copy].single { return Int(single) }
    let place = Ring.place(of: point, in: copies[copy].points, copies[copy].count)
    return Int(copies[copy].nodes[place])
  }

  /// The nodes that have the key, one in each copy.
  public func owners(of point: UInt32) -> NodeSet {
    var owners = NodeSet()
    for copy in 0..<copyCount { owners.insert(owner(of: point, copy: copy)) }
    return owners
  }

  /// All points of its rings.
  var points: [UInt32] {
    (0..<copyCount).flatMap { copy in (0..<copies[copy].count).map { copies[copy].points[$0] } }
  }
}
