/// Names a prepared XA transaction (X/Open XA: format, global part and branch, at most 64 bytes each).
public struct XAIdentifier: Sendable, Hashable {
  /// `formatID`, 1 unless the client chose.
  public var format: UInt32
  /// `gtrid`.
  public var global: [UInt8]
  /// `bqual`.
  public var branch: [UInt8]

  static let longestPart = 64

  init(format: UInt32, global: [UInt8], branch: [UInt8]) {
    self.format = format
    self.global = global
    self.branch = branch
  }

  /// From `X'..',X'..',format`, as servers write the statement's text.
  init?(_ scanner: inout SQLScanner) {
    guard let global = Self.part(&scanner) else { return nil }
    self.init(format: 1, global: global, branch: [])
    guard scanner.next() == .symbol(UInt8(ascii: ",")) else { return }
    guard let branch = Self.part(&scanner) else { return nil }
    self.branch = branch
    guard scanner.next() == .symbol(UInt8(ascii: ",")) else { return }
    guard scanner.next() == .word, let format = UInt32(scanner.text) else { return nil }
    self.format = format
  }

  private static func part(_ scanner: inout SQLScanner) -> [UInt8]? {
    var isHexadecimal = false
    var token = scanner.next()
    if token == .word, scanner.isWord("X") {
      isHexadecimal = true
      token = scanner.next()
    }
    guard token == .string else { return nil }
    let bytes = Array(scanner.text.utf8)
    guard isHexadecimal else { return bytes.count <= longestPart ? bytes : nil }
    guard bytes.count % 2 == 0, bytes.count <= 2 * longestPart else { return nil }
    var part: [UInt8] = []
    for index in stride(from: 0, to: bytes.count, by: 2) {
      guard let high = Character(Unicode.Scalar(bytes[index])).hexDigitValue,
        let low = Character(Unicode.Scalar(bytes[index + 1])).hexDigitValue
      else { return nil }
      part.append(UInt8(high << 4 | low))
    }
    return part
  }
}
