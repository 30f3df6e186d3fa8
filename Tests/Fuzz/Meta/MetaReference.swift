import HearthProtocol

/// What a meta line means, worked out token by token with arrays and strings.
struct MetaReference {
  let verb: Verb
  var error: ProtocolError?
  /// Whether a data block follows that nobody wants.
  var swallows = false
  var flags: UInt64 = 0
  var replyItems = 0
  private var numbers: [UInt8: UInt64] = [:]

  init(verb: Verb) { self.verb = verb }

  /// `line` comes without its newline.
  init(verb: Verb, line: [UInt8]) {
    self.verb = verb
    var content = line[...]
    if content.last == 0x0d { content.removeLast() }
    let tokens = content.split(separator: 0x20).map(Array.init)
    let first = verb == .metaSet ? 3 : 2
    guard tokens.count >= first else {
      error = .badLineFormat
      return
    }
    if verb == .metaSet {
      let text = String(decoding: tokens[2], as: UTF8.self)
      guard let length = Self.signed(text), length >= 0, length <= Int64(ProtocolLimit.data) else {
        error = .badLineFormat
        return
      }
    }
    let flagTokens = tokens[first...]
    for token in flagTokens where !(65...122).contains(token[0]) && !(48...57).contains(token[0]) {
      error = .badLineFormat
      return
    }
    error = verb == .metaDebug ? debug(tokens[1], flagTokens) : check(tokens, flagTokens)
    swallows = verb == .metaSet && error != nil
  }

  func number(_ letter: UInt8, or absent: UInt64) -> UInt64 { numbers[letter] ?? absent }

  private mutating func debug(_ key: [UInt8], _ tokens: ArraySlice<[UInt8]>) -> ProtocolError? {
    let isBinary = tokens.contains([0x62])
    if isBinary { flags = MetaFlag.base64Key }
    return key.count > 250 || isBinary && !Self.isBase64(key) ? .badLineFormat : nil
  }

  private mutating func check(_ all: [[UInt8]], _ tokens: ArraySlice<[UInt8]>) -> ProtocolError? {
    if all[1].count > 250 { return .badLineFormat }
    let unnamed: ProtocolError? = verb == .metaArithmetic ? .invalidOrDuplicateFlag : nil
    if all.count > 20 { return unnamed ?? .tooManyTokens }
    var soft: ProtocolError?
    var late: ProtocolError?
    var seen: Set<UInt8> = []
    for token in tokens {
      let letter = token[0]
      let text = String(decoding: token.dropFirst(), as: UTF8.self)
      if !seen.insert(letter).inserted { return unnamed ?? .duplicateFlag }
      switch Character(UnicodeScalar(letter)) {
      case "b": if !Self.isBase64(all[1]) { soft = .badKeyEncoding }
      case "N", "T", "R":
        if let value = Self.signed(text) {
          numbers[letter] = UInt64(bitPattern: value)
        } else {
          soft = .badToken
        }
      case "C", "E":
        if let value = Self.unsigned(text) { numbers[letter] = value } else { soft = .badToken }
      case "F":
        if text.utf8.count <= 11, let value = Self.unsigned(text), value <= UInt32.max {
          numbers[letter] = value
        } else {
          soft = soft ?? .badLineFormat
        }
      case "J":
        if let value = Self.unsigned(text) { numbers[letter] = value } else { soft = .invalidInitialValue }
      case "D":
        if let value = Self.unsigned(text) { numbers[letter] = value } else { soft = .invalidDeltaValue }
      case "M":
        let mode = text.utf8.first.map { Character(UnicodeScalar($0)) } ?? " "
        if verb == .metaSet, !"EAPRS".contains(mode) { late = .invalidSetMode }
        if verb == .metaArithmetic, !"I+D-".contains(mode) { late = .invalidArithmeticMode }
      case "O": if token.count > 32 { late = late ?? .opaqueTooLong }
      case "I", "L", "P", "c", "f", "h", "k", "l", "q", "s", "t", "u", "v", "x": break
      default: return unnamed ?? .invalidFlag
      }
      flags |= 1 << UInt64(letter & 63)
      if "cfhklstOTNR".utf8.contains(letter) { replyItems += 1 }
    }
    if soft != nil { return unnamed ?? soft }
    return late
  }

  private static func unsigned(_ text: String) -> UInt64? {
    text.utf8.count <= 22 && text.utf8.allSatisfy { (48...57).contains($0) } ? UInt64(text) : nil
  }

  private static func signed(_ text: String) -> Int64? {
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard text.utf8.count <= 11, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int32(text).map { Int64($0) }
  }

  private static func isBase64(_ key: [UInt8]) -> Bool {
    let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=".utf8)
    let letters = key.filter { alphabet.contains($0) }
    if letters.isEmpty || letters.count % 4 != 0 { return false }
    // The first group with padding is the last; three pads leave nothing that makes sense.
    for group in stride(from: 0, to: letters.count, by: 4) {
      let pads = letters[group..<group + 4].count { $0 == 0x3d }
      if pads > 0 { return pads <= 2 }
    }
    return true
  }
}
