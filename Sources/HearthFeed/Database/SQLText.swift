/// Pieces of SQL made of names and values.
enum SQLText {
  /// A name in backticks.
  static func name(_ name: String) -> String {
    "`" + name.replacing("`", with: "``") + "`"
  }

  /// A text in quotes, whatever the server's mode for backslashes.
  static func literal(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x27 && $0 != 0x5c && $0 < 0x7f }) { return "'\(text)'" }
    // With an introducer the literal takes the collation of what it is compared with.
    return "_utf8mb4 \(hex(Array(text.utf8)))"
  }

  /// Bytes in hexadecimal.
  static func hex(_ bytes: some Collection<UInt8>) -> String {
    if bytes.isEmpty { return "''" }
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = [0x78, 0x27]
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    text.append(0x27)
    return String(decoding: text, as: UTF8.self)
  }
}
