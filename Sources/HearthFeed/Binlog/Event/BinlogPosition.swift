/// A place in the log of one server: only comparable within one server's history.
public struct BinlogPosition: Sendable, Equatable, CustomStringConvertible {
  /// The file's base name, as in SHOW BINARY LOGS; empty until a ROTATE event has told it.
  public var file: String
  /// Bytes from the beginning of the file; 4 is the first event.
  public var offset: UInt64

  /// A place in a file.
  public init(file: String, offset: UInt64) {
    self.file = file
    self.offset = offset
  }

  /// `file:offset`.
  public var description: String { "\(file.isEmpty ? "(unknown file)" : file):\(offset)" }
}
