/// How far a node is.
public enum NodeState: String, Sendable {
  /// It holds nothing that counts, and follows nobody.
  case empty
  /// It is loading, or catching up.
  case syncing
  /// It holds all of its keys and is in the view; primary of none that a replica could be asked for.
  case warm
  /// It is primary of keys, or the active node of a pair.
  case active
}
