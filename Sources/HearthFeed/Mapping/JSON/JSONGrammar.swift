/// Tells whether bytes are one JSON text (RFC 8259), so that a column can stand within another one as it is. It does
/// not recurse; depth is bounded by 128, more than MySQL (100) and MariaDB (32) read.
struct JSONGrammar {
  private let source: UnsafeRawBufferPointer
  private var i = 0
  /// One bit for each open bracket, the innermost lowest: 1 is an object.
  private var open: (UInt64, UInt64) = (0, 0)
  private var depth = 0

  static func accepts(_ source: UnsafeRawBufferPointer) -> Bool {
    var grammar = JSONGrammar(source: source)
    return grammar.text()
  }

  private init(source: UnsafeRawBufferPointer) { self.source = source }

  private var isInObject: Bool { open.0 & 1 != 0 }

  private mutating func push(isObject: Bool) -> Bool {
    guard depth < 128 else { return false }
    open = (open.0 << 1 | (isObject ? 1 : 0), open.1 << 1 | open.0 >> 63)
    depth += 1
    return true
  }

  private mutating func pop() {
    open = (open.0 >> 1 | open.1 << 63, open.1 >> 1)
    depth -= 1
  }

  private mutating func peek() -> UInt8? {
    while i < source.count {
      switch source[i] {
      case 0x20, 0x09, 0x0a, 0x0d: i += 1
      case let byte: return byte
      }
    }
    return nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    i += 1
    return true
  }

  private mutating func text() -> Bool {
    while true {
      // A value begins here.
      guard let first = peek() else { return false }
      var isClosed = false
      switch first {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        let isObject = first == UInt8(ascii: "{")
        i += 1
        guard push(isObject: isObject) else { return false }
        if take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          pop()
          isClosed = true
        } else if isObject, !member() {
          return false
        }
      case UInt8(ascii: "\""):
        guard string() else { return false }
        isClosed = true
      case UInt8(ascii: "t"): isClosed = word("true")
      case UInt8(ascii: "f"): isClosed = word("false")
      case UInt8(ascii: "n"): isClosed = word("null")
      default: isClosed = number()
      }
      if !isClosed {
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { continue }
        return false
      }
      // A value ended here.
      while depth > 0 {
        if take(UInt8(ascii: ",")) {
          if isInObject, !member() { return false }
          break
        }
        guard take(isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return false }
        pop()
      }
      if depth == 0 { return peek() == nil }
    }
  }

  /// A name and its colon.
  private mutating func member() -> Bool {
    guard peek() == UInt8(ascii: "\""), string() else { return false }
    return take(UInt8(ascii: ":"))
  }

  private mutating func word(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard source.count - i >= length else { return false }
    for k in 0..<length where source[i + k] != word.utf8Start[k] { return false }
    i += length
    return true
  }

  private mutating func digits() -> Bool {
    let start = i
    while i < source.count, source[i] &- UInt8(ascii: "0") < 10 { i += 1 }
    return i > start
  }

  private mutating func number() -> Bool {
    if i < source.count, source[i] == UInt8(ascii: "-") { i += 1 }
    let start = i
    guard digits(), source[start] != UInt8(ascii: "0") || i == start + 1 else { return false }
    if i < source.count, source[i] == UInt8(ascii: ".") {
      i += 1
      guard digits() else { return false }
    }
    if i < source.count, source[i] | 0x20 == UInt8(ascii: "e") {
      i += 1
      if i < source.count, source[i] == UInt8(ascii: "+") || source[i] == UInt8(ascii: "-") { i += 1 }
      return digits()
    }
    return true
  }

  private mutating func string() -> Bool {
    i += 1
    while i < source.count {
      let byte = source[i]
      i += 1
      switch byte {
      case UInt8(ascii: "\""): return true
      case 0..<0x20: return false
      case UInt8(ascii: "\\"):
        guard i < source.count else { return false }
        let escape = source[i]
        i += 1
        switch escape {
        case UInt8(ascii: "u"):
          guard source.count - i >= 4 else { return false }
          for k in 0..<4 {
            let digit = source[i + k] | 0x20
            guard digit &- UInt8(ascii: "0") < 10 || digit &- UInt8(ascii: "a") < 6 else { return false }
          }
          i += 4
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
          UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
          break
        default: return false
        }
      case 0x80...: if !sequence(byte) { return false }
      default: break
      }
    }
    return false
  }

  /// The rest of a UTF-8 sequence whose first byte was taken (Unicode 15, table 3-7).
  private mutating func sequence(_ lead: UInt8) -> Bool {
    let following =
      switch lead {
      case 0xc2...0xdf: 1
      case 0xe0...0xef: 2
      case 0xf0...0xf4: 3
      default: 0
      }
    guard following > 0, source.count - i >= following else { return false }
    let low: UInt8 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80
    let high: UInt8 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf
    guard source[i] >= low, source[i] <= high else { return false }
    for k in 1..<following where source[i + k] & 0xc0 != 0x80 { return false }
    i += following
    return true
  }
}
