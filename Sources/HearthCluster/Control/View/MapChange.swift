/// A change of the map that is under way. First the map that is to be stands beside the one that is: who owns a key by either of them
/// has to have its writes, and who gains keys loads them. When all are complete, that map becomes the map, and the one that
/// was stands here until everybody knows.
public struct MapChange: Hashable, Sendable {
  /// The other map. Its nodes are those of the view's map, but for weights and zones, and its pools have the same names.
  public var map: ClusterMap
  /// False: `map` is to be; true: it was.
  public var isConcluded: Bool
  /// Number of the view in which the change began or, once it is concluded, of the one that concluded it.
  public var since: UInt64
  /// The ready nodes that have all that they own by either map.
  public var complete: NodeSet

  /// A change.
  public init(map: ClusterMap, isConcluded: Bool, since: UInt64, complete: NodeSet) {
    self.map = map
    self.isConcluded = isConcluded
    self.since = since
    self.complete = complete
  }
}
