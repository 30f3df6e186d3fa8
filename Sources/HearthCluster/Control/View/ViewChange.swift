/// What a proposer wants changed.
public struct ViewChange: Sendable {
  /// Nodes that are not ready any more.
  public var leaving: NodeSet = []
  /// Nodes that are not ready any more, or not ready as before, and whose keys in pools of one copy are given up.
  public var givingUp: NodeSet = []
  /// Nodes that become ready, with the incarnation of their data.
  public var joining: [(node: Int, incarnation: UInt64)] = []
  /// Pairs that get another active node.
  public var actives: [(pair: Int, node: Int)] = []
  /// Nodes that have everything that they own by the map that is to be.
  public var completing: NodeSet = []
  /// What becomes of the map.
  public var map: MapStep?

  /// No change but that of the number, which makes promises void.
  public init() {}

  /// A step of a map's change.
  public enum MapStep: Sendable {
    /// This map is to be. Its nodes begin with those of the present one, in their order.
    case begin(ClusterMap)
    /// The map stays what it is.
    case cancel
    /// The map that is to be becomes the map.
    case conclude
    /// Everybody knows the new map.
    case settle
  }
}
