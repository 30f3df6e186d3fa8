/// What keeps pools ready, whatever it follows. All of it may be called from any thread but `start` and `stop`, which belong to
/// the main thread.
public protocol Feed: AnyObject, Sendable {
  /// Unique name.
  var name: String { get }

  /// Begins.
  func start()

  /// Ends its threads, wherever they are.
  func stop()

  /// What it does now, without waiting for anybody.
  func snapshot() -> FeedStatus

  /// Reads a table again, compares and repairs. Returns the number of the verification: its result is in the status when as many
  /// have ended. Nil: there is no such table.
  func verify(_ table: String) -> UInt64?
}
