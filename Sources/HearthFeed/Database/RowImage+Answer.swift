import CMariaDB

extension RowImage {
  /// Takes a row of an answer; its bytes stay where the client library has them.
  @inline(__always)
  mutating func fill(
    _ row: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, _ lengths: UnsafeMutablePointer<UInt>,
    columns: Int
  ) {
    begin(columns: columns)
    for i in 0..<columns {
      if let start = row[i] {
        set(i, RowValue(UnsafeRawBufferPointer(start: start, count: Int(lengths[i]))))
      } else {
        set(i, RowValue(.null))
      }
    }
  }
}
