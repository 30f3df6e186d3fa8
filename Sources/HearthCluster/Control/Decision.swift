/// What a node may do. Every time is on the node's monotonic clock, in milliseconds, and is compared with the clock at the moment
/// of use, because the process may have been stopped at any point.
public struct Decision: Equatable, Sendable {
  /// The view that it goes by. Forwarded requests and records carry its number.
  public var view: View
  /// How far the node is.
  public var state: NodeState
  /// Takes writes of keys whose primary it is. What a write needs beyond: as many ready owners of its key as
  /// `min_ready` says, when it is executed and when it is acknowledged.
  public var acceptsWrites: Bool
  /// The epoch of its records.
  public var epoch: UInt64
  /// A write is acknowledged when those of them that own its key have it.
  public var required: NodeSet
  /// Nothing is acknowledged before this time.
  public var acknowledgeFrom: UInt64
  /// Writes are acknowledged before this time only. The end of time, but for `Replication.async`.
  public var acknowledgeUntil: UInt64
  /// For each node: reads of keys whose primary it is are answered before this time only. The own place is for keys
  /// whose primary this node is.
  public var readUntil: [UInt64]
  /// Are there keys of which this node holds the only ready copy?
  public var isUnprotected: Bool

  /// That of a node which the view does not name: it answers nothing, and knows who does.
  public static func outside(_ view: View) -> Decision {
    Decision(
      view: view, state: .empty, acceptsWrites: false, epoch: 0, required: [], acknowledgeFrom: .max,
      acknowledgeUntil: 0, readUntil: Array(repeating: 0, count: view.map.nodes.count),
      isUnprotected: false)
  }
}
