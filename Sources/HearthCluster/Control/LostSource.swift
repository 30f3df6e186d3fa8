/// A former primary that is not ready any more.
public struct LostSource: Hashable, Sendable {
  /// Its number.
  public var node: Int
  /// How far its records were received.
  public var position: StreamPosition
  /// Number of the last view in which it was one, as far as is known.
  public var last: UInt64 = 0

  /// The same node, with the same records?
  func isSame(as other: LostSource) -> Bool { node == other.node && position == other.position }
}
