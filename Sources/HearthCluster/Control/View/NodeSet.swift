/// A set of node numbers, 0 to 63, walked in rising order.
public struct NodeSet: Hashable, Sendable, Sequence, ExpressibleByArrayLiteral {
  /// One bit for each member.
  public var bits: UInt64

  /// No node.
  public init() { bits = 0 }

  /// The nodes whose bits are set.
  public init(bits: UInt64) { self.bits = bits }

  /// The given nodes.
  public init(arrayLiteral nodes: Int...) { self.init(nodes) }

  /// The given nodes.
  public init(_ nodes: some Sequence<Int>) {
    bits = 0
    for node in nodes { insert(node) }
  }

  /// Has it no member?
  public var isEmpty: Bool { bits == 0 }

  /// Number of members.
  public var count: Int { bits.nonzeroBitCount }

  /// Is the node a member?
  public func contains(_ node: Int) -> Bool { bits >> UInt64(node) & 1 == 1 }

  /// Makes the node a member.
  public mutating func insert(_ node: Int) {
    precondition(node >= 0 && node < 64)
    bits |= 1 << UInt64(node)
  }

  /// The node is a member no more.
  public mutating func remove(_ node: Int) { bits &= ~(1 << UInt64(node)) }

  /// Members of either.
  public func union(_ other: NodeSet) -> NodeSet { NodeSet(bits: bits | other.bits) }

  /// Members of both.
  public func intersection(_ other: NodeSet) -> NodeSet { NodeSet(bits: bits & other.bits) }

  /// Members that the other has not.
  public func subtracting(_ other: NodeSet) -> NodeSet { NodeSet(bits: bits & ~other.bits) }

  /// Has the other all members?
  public func isSubset(of other: NodeSet) -> Bool { bits & ~other.bits == 0 }

  /// The members, lowest first.
  public func makeIterator() -> Iterator { Iterator(rest: bits) }

  /// Walks the members, lowest first.
  public struct Iterator: IteratorProtocol {
    var rest: UInt64

    /// The next member.
    public mutating func next() -> Int? {
      if rest == 0 { return nil }
      let node = rest.trailingZeroBitCount
      rest &= rest - 1
      return node
    }
  }
}
