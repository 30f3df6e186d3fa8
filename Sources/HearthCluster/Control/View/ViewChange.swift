/// What a proposer wants changed.
public struct ViewChange: Sendable {
  /// Nodes that are not ready any more.
  public var leaving: NodeSet = []
  /// Nodes that become ready, with the incarnation of their data.
  public var joining: [(node: Int, incarnation: UInt64)] = []
  /// Pairs that get another active node.
  public var actives: [(pair: Int, node: Int)] = []
  /// Feeds that get another runner.
  public var runners: [(feed: Int, node: Int)] = []

  /// No change but that of the number, which makes promises void.
  public init() {}
}
