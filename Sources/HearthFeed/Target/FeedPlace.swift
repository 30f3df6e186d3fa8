/// Up to where a feed has applied the log, for another node that goes on with it.
public struct FeedPlace: Sendable {
  let checkpoint: Checkpoint
  /// Nothing that was told before waits to be read again or to be asked for.
  let isSettled: Bool

  init(_ checkpoint: Checkpoint, isSettled: Bool) {
    self.checkpoint = checkpoint
    self.isSettled = isSettled
  }

  /// As one node tells it to another.
  public var text: String { (isSettled ? "settled\n" : "unsettled\n") + checkpoint.text }

  /// Nil: it is not the text of a place.
  public init?(text: some StringProtocol) {
    guard let end = text.firstIndex(of: "\n"),
      let checkpoint = Checkpoint(text: String(text[text.index(after: end)...]))
    else { return nil }
    switch text[..<end] {
    case "settled": isSettled = true
    case "unsettled": isSettled = false
    default: return nil
    }
    self.checkpoint = checkpoint
  }
}
