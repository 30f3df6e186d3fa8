/// Why a binlog cannot be followed further, in one line: what, and where.
public struct BinlogError: Error, Equatable, CustomStringConvertible {
  /// What to do about it differs.
  public enum Reason: Sendable {
    /// Bytes that no server writes: ask again from the last position.
    case damaged
    /// The checksum differs: ask again from the last position.
    case checksum
    /// Something this decoder refuses: another server setting helps.
    case unsupported
    /// More memory than the limit allows.
    case tooLarge
    /// The schema that the caller has is not the table's any more: read it again.
    case tableChanged
    /// A file could not be read.
    case file
  }

  /// What to do about it differs.
  public let reason: Reason
  /// What was wrong, without the position.
  public let message: String
  /// Where it happened; nil where the caller knows better.
  public var position: BinlogPosition?

  init(_ reason: Reason, _ message: String, at position: BinlogPosition? = nil) {
    self.reason = reason
    self.message = message
    self.position = position
  }

  /// The line for the log.
  public var description: String {
    guard let position else { return message }
    return "\(message) at \(position)"
  }
}
