/// A feed and the nodes that can run it, the preferred one first.
public struct MapFeed: Hashable, Sendable {
  /// The feed's name.
  public var name: String
  /// Nodes that can run it.
  public var candidates: [Int]

  /// A feed.
  public init(name: String, candidates: [Int]) {
    self.name = name
    self.candidates = candidates
  }
}
