/// `uuid:number` or `uuid:tag:number`.
public struct MySQLGTID: Sendable, Hashable, CustomStringConvertible {
  /// `server_uuid` of the source: 16 bytes, the first ones in `high`.
  public var high: UInt64
  /// The last 8 bytes of the UUID.
  public var low: UInt64
  /// From MySQL 8.3 on; up to 32 characters, empty: none.
  public var tag: String
  /// From 1 on; 0 in anonymous transactions.
  public var number: Int64

  /// As MySQL writes it.
  public var description: String {
    var text = ""
    for index in 0..<16 {
      if index == 4 || index == 6 || index == 8 || index == 10 { text += "-" }
      let half = index < 8 ? high : low
      let byte = UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * (index & 7)))
      text += byte < 16 ? "0" : ""
      text += String(byte, radix: 16)
    }
    return tag.isEmpty ? "\(text):\(number)" : "\(text):\(tag):\(number)"
  }
}
