/// A former primary that is not ready any more.
public struct LostSource: Hashable, Sendable {
  /// Its number.
  public var node: Int
  /// How far its records were received.
  public var position: StreamPosition
}
