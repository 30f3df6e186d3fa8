/// What an operator can ask of a cluster.
public enum ClusterCommand: Equatable, Sendable {
  /// The node that is asked is ready with what it holds.
  case bootstrap
  /// Makes the node of this name active in its pairs.
  case promote(String)
  /// Makes the partner of the node of this name active.
  case demote(String)
  /// Takes the node of this name from the ready ones; with `force` also if it is the last to hold some keys.
  case drop(String, force: Bool)
  /// Takes everything from the node that is asked, so that it can be stopped.
  case drain
  /// Makes the map of its file the cluster's, as far as that can be.
  case rebalance
  /// Takes a change of the map back.
  case cancelRebalance
}
