/// How many values a connection may have asked other nodes for at once. Their size is known when they come only, so it goes by those that
/// came before: as many as fill `ReplyOrder.byteLimit`.
struct ForwardWindow {
  /// Even of large ones two, so that one is on its way while the other is told.
  private static let fewest = 2
  private static let most = 8192
  /// As many as all connections together that have not shown yet what they ask for; beyond that each has `fewest`.
  private static let mostUnproven = 64

  /// Mean size of the last ones, bytes.
  private var size = 128 << 10
  /// So many may be under way.
  private(set) var values = 8

  /// The window of a connection that asks for the first time, where others ask for values of this one's size and may, not having
  /// shown theirs either, ask for `unproven` at once.
  func first(unproven: Int) -> ForwardWindow {
    var first = self
    first.values = min(values, max(Self.mostUnproven - unproven, Self.fewest))
    return first
  }

  /// Values of this mean size have come.
  mutating func learn(_ new: Int) {
    // Sooner more careful than bolder.
    size += (new - size) / (new > size ? 2 : 4)
    values = min(max(ReplyOrder.byteLimit / max(size, 1), Self.fewest), Self.most)
  }
}
