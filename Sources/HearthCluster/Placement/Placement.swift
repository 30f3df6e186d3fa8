/// On which nodes the keys of one pool are: a ring for each of its copies. Constant once made; any thread.
public struct Placement: Sendable {
  private struct Copy: Sendable {
    let ring: Ring
    /// Numbers of the nodes, by their numbers in the ring.
    let nodes: [UInt8]
  }

  private let copies: [Copy]

  /// A pool with copies on these nodes.
  /// - Parameters:
  ///   - members: All nodes, at most 255.
  ///   - copies: Numbers of nodes for each copy, none of them empty.
  public init(members: [RingMember], copies: [[Int]]) {
    self.copies = copies.map { numbers in
      Copy(ring: Ring(numbers.map { members[$0] }), nodes: numbers.map { UInt8($0) })
    }
  }

  /// The node that has the key in a copy.
  @inline(__always)
  public func owner(of point: UInt32, copy: Int) -> Int {
    copies[copy].nodes.count == 1
      ? Int(copies[copy].nodes[0]) : Int(copies[copy].nodes[copies[copy].ring.owner(of: point)])
  }
}
