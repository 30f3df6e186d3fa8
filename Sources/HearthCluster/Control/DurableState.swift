/// What a node has to know after a restart.
public struct DurableState: Equatable, Sendable {
  /// The last view it adopted. With `Authority.operator` the keeper's is the truth.
  public var view: View
  /// Names its data: it goes on only with the memory that belongs to it.
  public var incarnation: UInt64
  /// Number of the view in which these data began empty.
  public var cleanSince: UInt64
  /// Does it hold anything, in part at least?
  public var holdsData: Bool
  /// Was a snapshot under way?
  public var isPartial: Bool
  /// The last reign of its own that it began with these data.
  public var begunEpoch: UInt64
  /// For each node whose data these follow, and in which reign. `sequence` is left to the data path.
  public var sources: [StreamPosition]
  /// Nodes that were primary over it and whose last records it may lack.
  public var owed: NodeSet
  /// Those of them that are not ready any more.
  public var lost: NodeSet
  /// Nodes that are not ready and that may have been told that they are required in this view.
  public var promised: NodeSet
  /// Primaries that have to send everything again, while the node is ready.
  public var refreshing: NodeSet
  /// May it hold keys that it does not own any more?
  public var isDirty: Bool
}
