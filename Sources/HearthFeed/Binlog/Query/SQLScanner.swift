/// Cuts the text of a statement into tokens: words, quoted names, strings, single characters. Comments are passed over,
/// except for those that servers execute (`/*!40000 .. */`, `/*M!100100 .. */`), which are read.
struct SQLScanner {
  enum Token: Equatable {
    /// Letters, digits, `_`, `$` and bytes from 0x80 on: a keyword, a name or a number.
    case word
    /// A name in backticks.
    case name
    /// Text in single or double quotes.
    case string
    case symbol(UInt8)
    case end
  }

  private let bytes: UnsafeRawBufferPointer
  private(set) var offset = 0
  /// Where the last token's text stands, without its quotes.
  private var range = 0..<0
  private var quote: UInt8 = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The last token's text; doubled quotes are single again.
  var text: String {
    let token = UnsafeRawBufferPointer(rebasing: bytes[range])
    guard quote != 0, token.contains(quote) || (quote != Self.backtick && token.contains(UInt8(ascii: "\\")))
    else {
      return String(decoding: token, as: UTF8.self)
    }
    var plain: [UInt8] = []
    var index = 0
    while index < token.count {
      // A quote within quotes is doubled, or follows a backslash.
      if token[index] == quote || (quote != Self.backtick && token[index] == UInt8(ascii: "\\")) {
        index += 1
      }
      if index < token.count { plain.append(token[index]) }
      index += 1
    }
    return String(decoding: plain, as: UTF8.self)
  }

  /// Whether the last token is this keyword, given in capitals.
  func isWord(_ keyword: StaticString) -> Bool {
    guard quote == 0, range.count == keyword.utf8CodeUnitCount else { return false }
    for index in 0..<range.count {
      let byte = bytes[range.lowerBound + index]
      let capital = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte - 32 : byte
      if capital != keyword.utf8Start[index] { return false }
    }
    return true
  }

  /// The next token.
  mutating func next() -> Token {
    skipSpace()
    quote = 0
    range = offset..<offset
    guard offset < bytes.count else { return .end }
    let byte = bytes[offset]
    switch byte {
    case Self.backtick, UInt8(ascii: "'"), UInt8(ascii: "\""):
      scanQuoted(byte)
      return byte == Self.backtick ? .name : .string
    case _ where Self.isWordByte(byte):
      let start = offset
      while offset < bytes.count, Self.isWordByte(bytes[offset]) { offset += 1 }
      range = start..<offset
      return .word
    default:
      offset += 1
      return .symbol(byte)
    }
  }

  private mutating func scanQuoted(_ mark: UInt8) {
    quote = mark
    offset += 1
    let start = offset
    while offset < bytes.count {
      if bytes[offset] == UInt8(ascii: "\\"), mark != Self.backtick {
        offset = min(offset + 2, bytes.count)
      } else if bytes[offset] == mark {
        guard offset + 1 < bytes.count, bytes[offset + 1] == mark else { break }
        offset += 2
      } else {
        offset += 1
      }
    }
    range = start..<offset
    offset = min(offset + 1, bytes.count)
  }

  private mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 9...13, 32: offset += 1
      case UInt8(ascii: "#"): skipLine()
      case UInt8(ascii: "-") where at(1) == UInt8(ascii: "-") && (at(2) ?? 32) <= 32: skipLine()
      case UInt8(ascii: "/") where at(1) == UInt8(ascii: "*"): skipComment()
      // The end of a comment whose content was read.
      case UInt8(ascii: "*") where at(1) == UInt8(ascii: "/"): offset += 2
      default: return
      }
    }
  }

  private mutating func skipLine() {
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
  }

  private mutating func skipComment() {
    offset += 2
    let mark = at(0) == UInt8(ascii: "M") ? 1 : 0
    if at(mark) == UInt8(ascii: "!") {
      offset += mark + 1
      while let digit = at(0), digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") { offset += 1 }
      return
    }
    while offset < bytes.count {
      if bytes[offset] == UInt8(ascii: "*"), at(1) == UInt8(ascii: "/") {
        offset += 2
        return
      }
      offset += 1
    }
  }

  private func at(_ distance: Int) -> UInt8? {
    offset + distance < bytes.count ? bytes[offset + distance] : nil
  }

  private static let backtick = UInt8(ascii: "`")

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
      UInt8(ascii: "$"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
      true
    default: false
    }
  }
}
