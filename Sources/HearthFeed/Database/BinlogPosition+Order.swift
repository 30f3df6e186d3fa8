extension BinlogPosition: Comparable {
  /// Number at the end of the file's name; the server counts them up.
  var fileNumber: UInt64 {
    file.lastIndex(of: ".").flatMap { UInt64(file[file.index(after: $0)...]) } ?? 0
  }

  /// By file, then offset.
  public static func < (a: BinlogPosition, b: BinlogPosition) -> Bool {
    if a.file == b.file { return a.offset < b.offset }
    let (x, y) = (a.fileNumber, b.fileNumber)
    return x == y ? a.offset < b.offset : x < y
  }
}
