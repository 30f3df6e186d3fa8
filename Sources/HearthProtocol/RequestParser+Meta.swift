/// mg, ms, md, ma, me, mn: a key, a length for ms, flags of one letter each.
extension RequestParser {
  /// A meta line from behind its command word. Checks all that memcached's preparser checks, so that what is
  /// executed later cannot fail for its form.
  @inlinable @inline(__always)
  mutating func meta(
    _ verb: Verb, _ start: LineCursor, _ offset: Int, _ inlineLimit: Int, _ request: inout Request
  ) -> ParseStep {
    var cursor = start
    cursor.skipSpaces()
    let keyStart = cursor.position
    var length = cursor.tokenLength
    cursor.position &+= length
    if cursor.isAtEnd { return nextGeneral(start, offset, inlineLimit, &request) }
    if cursor.current == ASCII.newline, length > 0,
      cursor.byte(at: cursor.position &- 1) == ASCII.carriageReturn
    {
      length &-= 1
      cursor.position &-= 1
    }
    request = Request()
    request.verb = verb
    request.key = ByteRange(start: keyStart, count: length)
    var wellFormed = length > 0

    if verb == .metaSet {
      cursor.skipSpaces()
      let digits = cursor.position
      let value = cursor.shortDecimal()
      if value <= ProtocolLimit.data, cursor.current == ASCII.space || cursor.lineEnding > 0 {
        request.dataLength = UInt32(truncatingIfNeeded: value)
      } else {
        // An odd form of a number (leading zeros, -0), no number, or the end of the input.
        cursor.position = digits
        var token = ByteRange(start: digits, count: cursor.tokenLength)
        cursor.position &+= Int(token.count)
        if cursor.current == ASCII.newline, token.count > 0,
          cursor.byte(at: cursor.position &- 1) == ASCII.carriageReturn
        {
          cursor.position &-= 1
          token.count &-= 1
        }
        let block = blockLength(token, cursor)
        request.dataLength = block ?? 0
        wellFormed = wellFormed && block != nil
      }
    }

    var scan = MetaFlagScan(verb: verb, tokens: verb == .metaSet ? 3 : 2)
    scan.run(&cursor, &request)
    let ending = cursor.lineEnding
    if ending == 0 { return nextGeneral(start, offset, inlineLimit, &request) }
    cursor.position &+= ending
    let line = cursor.position &- offset

    if !wellFormed || scan.malformed { return refuse(.badLineFormat, consumed: line, &request) }
    if let error = scan.verdict(keyLength: length) {
      if verb == .metaSet {
        return refuseBlock(error, consumed: line, block: request.dataLength, noReply: false, &request)
      }
      return refuse(error, consumed: line, &request)
    }
    if verb == .metaSet { return withBlock(cursor, offset, inlineLimit, &request) }
    return .request(line)
  }
}
