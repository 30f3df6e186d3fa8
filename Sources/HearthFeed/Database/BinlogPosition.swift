/// A place in a server's binlog. Places of one server can be compared, those of two cannot.
public struct BinlogPosition: Sendable, Equatable {
  /// Name of the file, `bin.000042`.
  public var file: String
  /// Offset of the next event, bytes.
  public var offset: UInt64

  /// The place of the event at `offset`.
  public init(file: String, offset: UInt64) {
    self.file = file
    self.offset = offset
  }

  /// Number at the end of the file's name; the server counts them up.
  public var fileNumber: UInt64 {
    file.lastIndex(of: ".").flatMap { UInt64(file[file.index(after: $0)...]) } ?? 0
  }
}

extension BinlogPosition: Comparable {
  /// By file, then offset.
  public static func < (a: BinlogPosition, b: BinlogPosition) -> Bool {
    let (x, y) = (a.fileNumber, b.fileNumber)
    return x == y ? a.offset < b.offset : x < y
  }
}

extension BinlogPosition: CustomStringConvertible {
  /// `bin.000042:1234`.
  public var description: String { "\(file):\(offset)" }
}
