/// Commands with one key and no data block, and those without a key.
extension RequestParser {
  /// incr, decr, touch, delete. The cursor is behind the command word and ends with the line's content.
  @inline(never)
  mutating func oneKey(
    _ verb: Verb, _ content: LineCursor, line: Int, _ request: inout Request
  ) -> ParseStep {
    var cursor = content
    guard let key = cursor.nextToken() else { return refuse(.badLineFormat, consumed: line, &request) }
    let argument = cursor.nextToken()
    if verb != .delete, argument == nil { return refuse(.badLineFormat, consumed: line, &request) }
    // Old clients send a time and noreply behind the key; more than that is no delete.
    if verb == .delete, argument != nil, cursor.countTokens() > 1 {
      return refuse(.badLineFormat, consumed: line, &request)
    }
    // `delete noreply` has its key and its last token in one, as in memcached.
    let noReply = endsInNoReply(last: argument ?? key, &cursor)
    if Int(key.count) > ProtocolLimit.key {
      return refuse(.badLineFormat, consumed: line, noReply: noReply, &request)
    }
    request = Request()
    if let argument, verb == .incr || verb == .decr {
      guard let delta = cursor.strictUInt64(argument) else {
        return refuse(.invalidDelta, consumed: line, noReply: noReply, &request)
      }
      request.number = delta
    }
    if let argument, verb == .touch {
      guard let exptime = cursor.strictInt32(argument) else {
        return refuse(.invalidExptime, consumed: line, noReply: noReply, &request)
      }
      request.exptime = exptime
    }
    request.verb = verb
    request.noReply = noReply
    request.key = key
    return .request(line)
  }

  /// stats, flush_all, version and so on: the arguments stay tokens (`TokenCursor`), but for flush_all's
  /// delay, which is in `exptime`.
  @inline(never)
  mutating func administrative(
    _ verb: Verb, _ content: LineCursor, line: Int, _ request: inout Request
  ) -> ParseStep {
    var cursor = content
    cursor.skipSpaces()
    request = Request()
    request.verb = verb
    request.tokens = ByteRange(start: cursor.position, count: cursor.remaining)
    let first = cursor.nextToken()
    let second = first == nil ? nil : cursor.nextToken()
    switch verb {
    case .metaNoop, .version, .quit, .stats, .watch, .mgdump: break
    default: request.noReply = endsInNoReply(last: second ?? first, &cursor)
    }
    if verb == .flushAll, let first, second != nil || !request.noReply {
      guard let delay = cursor.strictInt32(first) else {
        return refuse(.invalidExptime, consumed: line, noReply: request.noReply, &request)
      }
      request.exptime = delay
    }
    return .request(line)
  }
}
