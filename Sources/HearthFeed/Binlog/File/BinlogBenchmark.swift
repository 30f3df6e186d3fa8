/// Decodes binlog files without doing anything with what they tell.
public enum BinlogBenchmark {
  /// What was read.
  public struct Count: Sendable, Equatable {
    /// Events, table maps and all.
    public var events = 0
    /// Rows of row events; an update is one.
    public var rows = 0
    /// Bytes of the files.
    public var bytes = 0
    /// Bytes of the values' text.
    public var text = 0
  }

  /// Reads a file written with `binlog_row_metadata=FULL`; every value of every row is rendered. Rows of tables that cannot be
  /// read are left out.
  public static func decode(path: String) throws(BinlogError) -> Count {
    var count = Count()
    var file = try BinlogFile(path: path)
    var decoder = BinlogDecoder()
    var before = RowImage()
    var after = RowImage()
    var reader: RowReader?
    while let packet = try file.next() {
      count.bytes += packet.count
      decoder.begin(packet)
      while let event = try decoder.next() {
        count.events += 1
        guard case .rows(let rows) = event else { continue }
        if reader?.map !== rows.map { reader = try RowReader(rows.map) }
        guard let reader else { continue }
        reader.begin(rows)
        while try reader.next(before: &before, after: &after) {
          count.rows += 1
          for column in 0..<after.count { count.text += after[column].bytes.count }
        }
      }
    }
    return count
  }
}
