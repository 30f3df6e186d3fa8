/// A connection with input in the staging area (none: it receives directly or goes on producing output).
public struct PendingInput {
  /// Whose input it is.
  public var connection: UnsafeMutablePointer<Connection>
  /// Start of the input in the staging area.
  public var start: UnsafeMutableRawPointer
  /// Bytes of input.
  public var count: Int
}
