/// The copies of a pool, the preferred one first. A node belongs to one copy of a pool at most; which node of a copy
/// owns a key is the ring's to say.
public struct MapPool: Hashable, Sendable {
  /// The pool's name.
  public var name: String
  /// The nodes of each copy.
  public var copies: [NodeSet]

  /// A pool with its copies.
  public init(name: String, copies: [NodeSet]) {
    self.name = name
    self.copies = copies
  }
}
