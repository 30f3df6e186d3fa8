/// What an operator can ask for, of any node unless said otherwise.
public enum ControlCommand: Equatable, Sendable {
  /// This node is ready with what it holds, if anything. The first start; and the way out when all copies were lost.
  case bootstrap
  /// Makes the node active in its pairs. Without a store: also takes over from a primary that is lost, and may then only be
  /// asked of the node itself.
  case promote(Int)
  /// Makes the node's partner active in its pairs.
  case demote(Int)
  /// Makes this node active in its pairs where the active node is there to hand over. No operator's: it takes over from nobody who is lost.
  case claim
  /// Takes a node from the ready ones; if it is there it comes back by itself once it has caught up. With `force` also if it is the last to hold some keys.
  case drop(Int, force: Bool)
  /// Makes a map the one that is to be. Its nodes are known by their names and have numbers of its own (`View.plan`).
  case change(ClusterMap)
  /// Takes a change of the map back that is not concluded.
  case cancelChange
  /// Takes from this node first what it is active in and runs, then itself from the ready ones, so that it can be stopped. It
  /// does not come back before its next start.
  case drain

  /// The node that it is about, if not the one that is asked.
  var target: Int? {
    switch self {
    case .promote(let node), .demote(let node), .drop(let node, _): node
    case .bootstrap, .claim, .drain, .change, .cancelChange: nil
    }
  }
}
