/// Reads one JSON text, strictly: UTF-8, no byte order mark, no comments, no trailing commas, no name twice in an
/// object, nothing behind the value. Costs time in proportion to the text and stack for at most `depth` levels.
public struct JSONParser {
  private let bytes: [UInt8]
  private var place = 0
  /// Levels of lists and objects that are allowed: the interface has three.
  private static let depth = 16

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The value of a whole text.
  public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes)
    parser.skipBlanks()
    let value = try parser.value(level: 0)
    parser.skipBlanks()
    guard parser.place == bytes.count else { throw parser.error("something follows the JSON text") }
    return value
  }

  private func error(_ problem: String) -> JSONError { JSONError(problem, at: place) }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipBlanks() {
    while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { place += 1 }
  }

  /// Steps over the byte if it is the next one.
  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    place += 1
    return true
  }

  private mutating func value(level: Int) throws(JSONError) -> JSONValue {
    guard let byte = next else { throw error("the text ends where a value should be") }
    switch byte {
    case UInt8(ascii: "{"): return try object(level: level)
    case UInt8(ascii: "["): return try array(level: level)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), 0x30...0x39: return .number(try number())
    default:
      for (word, value) in [("true", JSONValue.boolean(true)), ("false", .boolean(false)), ("null", .null)]
      where bytes[place...].starts(with: word.utf8) {
        place += word.utf8.count
        return value
      }
      throw error("a value was expected")
    }
  }

  private mutating func object(level: Int) throws(JSONError) -> JSONValue {
    guard level < Self.depth else { throw error("it is nested too deeply") }
    place += 1
    var members: [(name: String, value: JSONValue)] = []
    var names: Set<String> = []
    skipBlanks()
    if take("}") { return .object(JSONValue.Members(list: [])) }
    while true {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw error("a name in quotes was expected") }
      let name = try string()
      guard names.insert(name).inserted else { throw error("a name is there twice") }
      skipBlanks()
      guard take(":") else { throw error("a colon was expected") }
      skipBlanks()
      members.append((name: name, value: try value(level: level + 1)))
      skipBlanks()
      if take("}") { return .object(JSONValue.Members(list: members)) }
      guard take(",") else { throw error("a comma or a closing brace was expected") }
    }
  }

  private mutating func array(level: Int) throws(JSONError) -> JSONValue {
    guard level < Self.depth else { throw error("it is nested too deeply") }
    place += 1
    var items: [JSONValue] = []
    skipBlanks()
    if take("]") { return .array([]) }
    while true {
      skipBlanks()
      items.append(try value(level: level + 1))
      skipBlanks()
      if take("]") { return .array(items) }
      guard take(",") else { throw error("a comma or a closing bracket was expected") }
    }
  }

  /// RFC 8259, section 6: an optional minus, digits without a leading zero, a fraction, an exponent.
  private mutating func number() throws(JSONError) -> String {
    let start = place
    _ = take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      try digits()
    }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func digits() throws(JSONError) {
    let start = place
    while let byte = next, 0x30...0x39 ~= byte { place += 1 }
    if place == start { throw error("a digit was expected") }
  }
}

// ---- texts ----

extension JSONParser {
  private mutating func string() throws(JSONError) -> String {
    let start = place
    place += 1
    var text: [UInt8] = []
    while let byte = next {
      place += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let valid = String(validating: text, as: UTF8.self) else {
          throw JSONError("the text is not UTF-8", at: start)
        }
        return valid
      case UInt8(ascii: "\\"): text += String(try escape()).utf8
      case 0..<0x20:
        place -= 1
        throw error("a control character must be escaped")
      default: text.append(byte)
      }
    }
    throw JSONError("the closing quote is missing", at: start)
  }

  /// What follows a backslash.
  private mutating func escape() throws(JSONError) -> Character {
    guard let byte = next else { throw error("the text ends inside an escape") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(UnicodeScalar(byte))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return Character(try escapedScalar())
    default:
      place -= 1
      throw error("there is no such escape")
    }
  }

  /// `\uXXXX`, or two of them that are a surrogate pair.
  private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xdc00, take("\\"), take("u") {
      let second = try hexadecimal()
      if 0xdc00...0xdfff ~= second,
        let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
      {
        return scalar
      }
    }
    throw error("half a surrogate pair is no character")
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
        throw error("four hexadecimal digits were expected")
      }
      value = value << 4 | UInt32(digit)
      place += 1
    }
    return value
  }
}
