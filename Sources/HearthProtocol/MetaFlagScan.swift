/// One pass over the flag tokens of a meta line: fills the request's flags and finds what is wrong with them,
/// in memcached's order of precedence (proto_parser.c, `_meta_flag_preparse`).
@usableFromInline
struct MetaFlagScan {
  @usableFromInline let verb: Verb
  /// Tokens of the line so far: command, key, length.
  @usableFromInline var tokens: Int
  /// A token that does not begin like a flag: the line as a whole is none, and an announced block is not
  /// dropped.
  @usableFromInline var malformed = false
  /// The first error that ends the check.
  @usableFromInline var fatal: ProtocolError?
  /// The last of the errors that do not.
  @usableFromInline var soft: ProtocolError?
  /// Errors found only when the flags were right as such.
  @usableFromInline var late: ProtocolError?
  @usableFromInline var replyItems = 0

  @inlinable @inline(__always)
  init(verb: Verb, tokens: Int) {
    self.verb = verb
    self.tokens = tokens
  }

  /// Reads up to the line's ending (the cursor then at it) or the input's end.
  @inlinable @inline(__always)
  mutating func run(_ cursor: inout LineCursor, _ request: inout Request) {
    let known = MetaFlag.known
    var firstFlag = -1
    var lastEnd = 0
    while true {
      cursor.skipSpaces()
      if cursor.isAtEnd || cursor.lineEnding > 0 { break }
      let start = cursor.position
      let letter = cursor.byte(at: start)
      cursor.position &+= 1
      while cursor.position < cursor.end,
        cursor.byte(at: cursor.position) > ASCII.space
          || !isTokenEnd(cursor)
      { cursor.position &+= 1 }
      if firstFlag < 0 { firstFlag = start }
      lastEnd = cursor.position
      tokens &+= 1
      let bit = MetaFlag.bit(letter)
      let token = ByteRange(start: start, count: cursor.position &- start)
      if letter &- 65 <= 57, known & bit != 0, request.metaFlags & bit == 0, verb != .metaDebug {
        request.metaFlags |= bit
        let code = MetaReplyItem.code(letter)
        request.replyOrder.append(code, at: replyItems)
        replyItems &+= code == 0 ? 0 : 1
        if bit & (MetaFlag.withArgument | MetaFlag.opaque | MetaFlag.base64Key) != 0, fatal == nil {
          if bit & MetaFlag.numeric == 0 || !isShortNumber(token, cursor) {
            check(letter, token, cursor, &request)
          }
        }
      } else {
        refuse(letter, token, cursor, &request)
      }
    }
    if firstFlag >= 0 { request.tokens = ByteRange(start: firstFlag, count: lastEnd &- firstFlag) }
  }

  /// Whether the cursor is at the byte behind a token: a space, LF, or CR before LF.
  @inlinable @inline(__always)
  func isTokenEnd(_ cursor: LineCursor) -> Bool {
    cursor.current == ASCII.space || cursor.lineEnding > 0
  }

  /// Whether the argument is one to nine digits, which every numeric flag takes.
  @inlinable @inline(__always)
  func isShortNumber(_ token: ByteRange, _ cursor: LineCursor) -> Bool {
    let first = Int(token.start) &+ 1
    let end = first &+ Int(token.count) &- 1
    if token.count < 2 || token.count > 10 { return false }
    for index in first..<end where cursor.byte(at: index) &- ASCII.zero > 9 { return false }
    return true
  }

  /// What is wrong in all, nil when nothing is. `keyLength` is that of the key as it came.
  @inlinable @inline(__always)
  func verdict(keyLength: Int) -> ProtocolError? {
    // memcached names no flag in particular on ma; the key is another matter.
    if keyLength > ProtocolLimit.key { return .badLineFormat }
    if verb == .metaDebug { return soft }
    let error = tokens > ProtocolLimit.metaTokens ? .tooManyTokens : fatal ?? soft
    if let error { return verb == .metaArithmetic ? .invalidOrDuplicateFlag : error }
    return late
  }

  /// A token that is not a new, known flag.
  @usableFromInline @inline(never)
  mutating func refuse(
    _ letter: UInt8, _ token: ByteRange, _ cursor: LineCursor, _ request: inout Request
  ) {
    // memcached's tokenizer lets bytes from A to z and digits begin a flag.
    let isFlagLike = letter >= 65 && letter <= 122 || letter >= 48 && letter <= 57
    if !isFlagLike {
      malformed = true
    } else if verb == .metaDebug {
      // me knows one flag and overlooks all else.
      if letter == 0x62, token.count == 1, !request.has(MetaFlag.base64Key) {
        request.metaFlags |= MetaFlag.base64Key
        if Base64.decodedLength(cursor, request.key) == 0 { soft = .badLineFormat }
      }
    } else if fatal == nil {
      let isRepeated = letter >= 65 && request.has(MetaFlag.bit(letter) & MetaFlag.known)
      fatal = isRepeated ? .duplicateFlag : .invalidFlag
    }
  }

  /// The argument of a flag that has one.
  @usableFromInline @inline(never)
  mutating func check(
    _ letter: UInt8, _ token: ByteRange, _ cursor: LineCursor, _ request: inout Request
  ) {
    let argument = ByteRange(start: Int(token.start) + 1, count: Int(token.count) - 1)
    switch letter {
    case 0x62:  // b
      if Int(request.key.count) <= ProtocolLimit.key, Base64.decodedLength(cursor, request.key) == 0 {
        soft = .badKeyEncoding
      }
    case 0x4f:  // O
      request.opaque = token
      if Int(token.count) > ProtocolLimit.opaque, late == nil { late = .opaqueTooLong }
    case 0x4e, 0x52, 0x54:  // N R T
      if cursor.strictInt32(argument) == nil { soft = .badToken }
    case 0x43, 0x45:  // C E
      if cursor.strictUInt64(argument) == nil { soft = .badToken }
    case 0x46:  // F: memcached leaves whatever error it had; the first it has is this one.
      if cursor.strictUInt32(argument) == nil, soft == nil { soft = .badLineFormat }
    case 0x4a:  // J
      if cursor.strictUInt64(argument) == nil { soft = .invalidInitialValue }
    case 0x44:  // D
      if cursor.strictUInt64(argument) == nil { soft = .invalidDeltaValue }
    default:  // M
      let mode = argument.count > 0 ? cursor.byte(at: Int(argument.start)) : 0
      if verb == .metaSet, MetaMode(storage: mode) == nil { late = .invalidSetMode }
      if verb == .metaArithmetic, MetaMode(arithmetic: mode) == nil { late = .invalidArithmeticMode }
    }
  }
}
