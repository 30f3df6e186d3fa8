/// A time in which a node was primary of the same keys, or of fewer and fewer.
struct Reign {
  /// Number of the view that began it.
  var epoch: UInt64
  /// The node's last record before.
  var start: UInt64
  /// What the node had of the primaries that were lost before.
  var lost: [LostSource]
  /// Nodes that had, or should have had, copies of its keys then. Who gained copies of them later loaded those.
  var followers: NodeSet
}
