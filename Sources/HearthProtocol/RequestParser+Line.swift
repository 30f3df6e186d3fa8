/// The long way: finds the line's end first, then looks at the command word.
extension RequestParser {
  /// Everything that the fast paths of `next` leave: states other than idle, incomplete lines, rare commands.
  @usableFromInline @inline(never)
  mutating func nextGeneral(
    _ start: LineCursor, _ offset: Int, _ inlineLimit: Int, _ request: inout Request
  ) -> ParseStep {
    var cursor = start
    cursor.position = offset
    var dropped = 0
    wanted = 0
    switch state {
    case .idle, .keys: break
    case .streamedKeys: return nextStreamedKey(cursor, &request)
    case .swallowing:
      dropped = min(cursor.remaining, Int(count))
      count -= UInt32(dropped)
      if count > 0 { return .needMore(dropped) }
      state = .idle
    case .skippingLine:
      guard let newline = cursor.newline(from: offset, to: cursor.end) else {
        return .needMore(cursor.remaining)
      }
      dropped = newline + 1 - offset
      state = .idle
    }
    if dropped == 0 { return nextLine(cursor, offset, inlineLimit, &request) }
    cursor.position += dropped
    switch nextLine(cursor, offset + dropped, inlineLimit, &request) {
    case .request(let consumed): return .request(dropped + consumed)
    case .needMore(let consumed): return .needMore(dropped + consumed)
    case .close: return .close
    }
  }

  private mutating func nextLine(
    _ input: LineCursor, _ offset: Int, _ inlineLimit: Int, _ request: inout Request
  ) -> ParseStep {
    let available = input.remaining
    if available == 0 { return .needMore(0) }
    // The binary protocol's request magic.
    if input.current == 0x80 { return .close }

    let retrieval = retrievalWord(input)
    let window = retrieval == nil ? ProtocolLimit.wholeLine : ProtocolLimit.keyWindow
    let searched = min(Int(count), available)
    count = 0
    guard let newline = input.newline(from: offset + searched, to: offset + min(available, window)) else {
      if let retrieval, available >= window {
        var word = input
        word.position += retrieval == .get || retrieval == .gat ? 4 : 5
        return longRetrieval(retrieval, word, offset, &request)
      }
      if retrieval == nil, available > ProtocolLimit.line { return .close }
      count = UInt32(available)
      return .needMore(0)
    }

    var content = input
    content.end = newline
    if newline > offset, content.byte(at: newline - 1) == ASCII.carriageReturn { content.end -= 1 }
    return command(content, offset, line: newline + 1 - offset, input: input, inlineLimit, &request)
  }

  /// The commands whose lines have no limit; memcached has only the first two, but a long `gat` line is as
  /// good as its luck with packets there.
  private func retrievalWord(_ cursor: LineCursor) -> Verb? {
    guard cursor.remaining >= 4 else { return nil }
    let hasSpace = cursor.remaining >= 5 && cursor.byte(at: cursor.position + 4) == ASCII.space
    switch cursor.load32(at: cursor.position) {
    case Word.get4: return .get
    case Word.gat4: return .gat
    case Word.gets4: return hasSpace ? .gets : nil
    case Word.gats4: return hasSpace ? .gats : nil
    default: return nil
    }
  }

  /// A complete line. `content` runs from its first byte to before its ending; `line` counts both.
  private mutating func command(
    _ content: LineCursor, _ offset: Int, line: Int, input: LineCursor, _ inlineLimit: Int,
    _ request: inout Request
  ) -> ParseStep {
    // memcached: "min command length is 2".
    if content.remaining < 2 { return refuse(.badLineFormat, consumed: line, &request) }
    var rest = content
    rest.position += content.tokenLength
    guard let verb = CommandWord.verb(content, length: rest.position - content.position) else {
      return unknown(content, line: line, &request)
    }
    switch verb {
    case .get, .gets, .gat, .gats:
      return retrieval(verb, rest, offset, line: line, &request)
    case .set, .add, .replace, .append, .prepend, .cas:
      return storage(verb, rest, offset, line: line, input: input, inlineLimit, &request)
    case .metaGet, .metaSet, .metaDelete, .metaArithmetic, .metaDebug:
      var cursor = input
      cursor.position = rest.position
      return meta(verb, cursor, offset, inlineLimit, &request)
    case .incr, .decr, .touch, .delete:
      return oneKey(verb, rest, line: line, &request)
    default:
      return administrative(verb, rest, line: line, &request)
    }
  }

  /// A line that begins with no command. A browser is not told so: it would show the answer.
  private mutating func unknown(_ content: LineCursor, line: Int, _ request: inout Request) -> ParseStep {
    var cursor = content
    var last = cursor.nextToken()
    var tokens = 0
    while let token = cursor.nextToken() {
      last = token
      tokens += 1
    }
    if tokens > 0, let last, last.count >= 5 {
      if cursor.equals(ByteRange(start: Int(last.start), count: 5), "HTTP/") { return .close }
    }
    return refuse(.unknownCommand, consumed: line, &request)
  }
}
