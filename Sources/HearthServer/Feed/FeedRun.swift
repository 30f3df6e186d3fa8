/// This node's part for a feed of pools with copies, as a view has it.
struct FeedPart: Equatable, Sendable {
  /// Number of the view.
  let view: UInt64
  /// Other nodes are, or may become, primaries of some of the keys, each with copies elsewhere.
  let isSpread: Bool
}

/// What lets one run of a feed of pools with copies write.
struct FeedRun: Equatable, Sendable {
  /// The opening of the gate that it was let in by.
  let opening: UInt64
  /// Number of the view in which that was.
  let view: UInt64
  /// As its part says.
  let isSpread: Bool
}
