/// set, add, replace, append, prepend, cas: a line, then a data block.
extension RequestParser {
  /// `KEY FLAGS EXPTIME BYTES [noreply]` in one pass, in its commonest form: single spaces, plain digits.
  /// Anything else goes the long way.
  @inlinable @inline(__always)
  mutating func plainStorage(
    _ start: LineCursor, _ offset: Int, _ verb: Verb, _ inlineLimit: Int, _ request: inout Request
  ) -> ParseStep {
    var cursor = start
    let key = cursor.tokenLength
    cursor.position &+= key
    plain: if key > 0, key <= ProtocolLimit.key, cursor.current == ASCII.space {
      cursor.position &+= 1
      let flags = cursor.shortDecimal()
      guard cursor.current == ASCII.space else { break plain }
      cursor.position &+= 1
      let exptime = cursor.shortDecimal()
      guard cursor.current == ASCII.space else { break plain }
      cursor.position &+= 1
      let length = cursor.shortDecimal()
      guard flags <= UInt64(UInt32.max), exptime <= UInt64(Int32.max), length <= ProtocolLimit.data
      else { break plain }
      var noReply = false
      // ` noreply` and a line ending
      if cursor.remaining > 8, cursor.load64(at: cursor.position) == 0x796c_7065_726f_6e20 {
        noReply = true
        cursor.position &+= 8
      }
      let ending = cursor.lineEnding
      guard ending > 0 else { break plain }
      request = Request()
      request.verb = verb
      request.noReply = noReply
      request.key = ByteRange(start: start.position, count: key)
      request.clientFlags = UInt32(truncatingIfNeeded: flags)
      request.exptime = Int32(truncatingIfNeeded: exptime)
      request.dataLength = UInt32(truncatingIfNeeded: length)
      cursor.position &+= ending
      return withBlock(cursor, offset, inlineLimit, &request)
    }
    return nextGeneral(start, offset, inlineLimit, &request)
  }

  /// The line is done and right, the cursor behind it: the request goes out with its block, or before it.
  @inlinable @inline(__always)
  mutating func withBlock(
    _ cursor: LineCursor, _ offset: Int, _ inlineLimit: Int, _ request: inout Request
  ) -> ParseStep {
    let length = Int(request.dataLength)
    let line = cursor.position &- offset
    if length > inlineLimit {
      request.bodyFollows = true
      return .request(line)
    }
    if cursor.remaining < length &+ 2 {
      wanted = UInt32(truncatingIfNeeded: line &+ length &+ 2)
      return .needMore(0)
    }
    request.data = Int32(truncatingIfNeeded: cursor.position)
    if cursor.load16(at: cursor.position &+ length) != 0x0a0d {
      return refuse(.badDataChunk, consumed: line &+ length &+ 2, noReply: request.noReply, &request)
    }
    return .request(line &+ length &+ 2)
  }

  /// A storage line in any form. The cursor is behind the command word and ends with the line's content.
  @inline(never)
  mutating func storage(
    _ verb: Verb, _ content: LineCursor, _ offset: Int, line: Int, input: LineCursor, _ inlineLimit: Int,
    _ request: inout Request
  ) -> ParseStep {
    var cursor = content
    guard let key = cursor.nextToken(), let flags = cursor.nextToken(), let expiry = cursor.nextToken(),
      let bytes = cursor.nextToken(), let length = blockLength(bytes, cursor)
    else { return refuse(.badLineFormat, consumed: line, &request) }
    let unique = cursor.nextToken()
    let noReply = endsInNoReply(last: unique, &cursor)

    // From here on the block's length is known, so that a refusal can drop it and stay in step.
    request = Request()
    guard Int(key.count) <= ProtocolLimit.key, let flags = cursor.looseUInt32(flags),
      let expiry = cursor.looseInt32(expiry)
    else {
      return refuseBlock(.badLineFormat, consumed: line, block: length, noReply: noReply, &request)
    }
    if verb == .cas {
      guard let unique, let number = cursor.strictUInt64(unique) else {
        return refuseBlock(.badLineFormat, consumed: line, block: length, noReply: noReply, &request)
      }
      request.number = number
    }
    request.verb = verb
    request.noReply = noReply
    request.key = key
    request.clientFlags = flags
    request.exptime = expiry
    request.dataLength = length
    var block = input
    block.position = offset + line
    return withBlock(block, offset, inlineLimit, &request)
  }

  /// The announced length of a data block, nil when it is not one.
  @inlinable
  func blockLength(_ token: ByteRange, _ cursor: LineCursor) -> UInt32? {
    guard let length = cursor.strictInt32(token), length >= 0, UInt64(length) <= ProtocolLimit.data
    else { return nil }
    return UInt32(length)
  }

  /// Whether the line's last token is `noreply`; `last` is the last one read so far.
  func endsInNoReply(last: ByteRange?, _ cursor: inout LineCursor) -> Bool {
    var last = last
    while let token = cursor.nextToken() { last = token }
    return last.map { cursor.equals($0, "noreply") } ?? false
  }
}
