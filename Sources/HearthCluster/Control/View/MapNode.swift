/// A node of the map.
public struct MapNode: Hashable, Sendable {
  /// What operators call it.
  public var name: String
  /// Where it stands; empty if nobody said.
  public var zone: String

  /// A node.
  public init(name: String, zone: String = "") {
    self.name = name
    self.zone = zone
  }
}
