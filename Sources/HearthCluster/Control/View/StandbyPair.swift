/// Two nodes, one of which (the active one, see `View.actives`) has the floating address. The copy of the other comes after
/// all others in the order of primaries, so the active node is the primary.
public struct StandbyPair: Hashable, Sendable {
  /// Active in the first view.
  public var first: Int
  /// The other.
  public var second: Int

  /// A pair.
  public init(_ first: Int, _ second: Int) {
    self.first = first
    self.second = second
  }

  /// The one that is not `node`.
  public func partner(of node: Int) -> Int { node == first ? second : first }
}
