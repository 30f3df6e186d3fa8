/// get, gets, gat, gats: one request per key. noreply means nothing here: it is a key.
extension RequestParser {
  /// The commonest line of all, `get KEY` or `gets KEY`, in one scan; anything else goes the long way.
  @inlinable @inline(__always)
  mutating func singleGet(
    _ start: LineCursor, _ offset: Int, _ verb: Verb, _ request: inout Request
  ) -> ParseStep {
    let length = start.tokenLength
    let last = start.position &+ length
    if length > 1, length <= ProtocolLimit.key, last < start.end, start.byte(at: last) == ASCII.newline {
      let key = start.byte(at: last &- 1) == ASCII.carriageReturn ? length &- 1 : length
      request = Request()
      request.verb = verb
      request.isLastKey = true
      request.key = ByteRange(start: start.position, count: key)
      return .request(last &+ 1 &- offset)
    }
    return nextGeneral(start, offset, 0, &request)
  }

  /// The next key of a line that is complete in the buffer and whose keys were checked; the cursor is at it.
  @inlinable @inline(__always)
  mutating func nextKey(_ start: LineCursor, _ request: inout Request) -> ParseStep {
    var cursor = start
    var length = cursor.tokenLength
    cursor.position &+= length
    cursor.skipSpaces()
    // Only a caller that kept back a part of the line gets here.
    if cursor.isAtEnd { return .needMore(0) }
    request = Request()
    request.verb = verb
    request.exptime = exptime
    let first = cursor.current
    if first == ASCII.newline {
      // No space came between: the carriage return, if any, is the token's last byte.
      if start.byte(at: cursor.position &- 1) == ASCII.carriageReturn { length &-= 1 }
      cursor.position &+= 1
      request.isLastKey = true
      state = .idle
    } else if first == ASCII.carriageReturn, cursor.lineEnding == 2 {
      cursor.position &+= 2
      request.isLastKey = true
      state = .idle
    }
    request.key = ByteRange(start: start.position, count: length)
    return .request(cursor.position &- start.position)
  }

  /// A retrieval line. The cursor is behind the command word and ends with the line's content; `line` is the
  /// length of the whole line with its ending.
  @inline(never)
  mutating func retrieval(
    _ verb: Verb, _ content: LineCursor, _ offset: Int, line: Int, _ request: inout Request
  ) -> ParseStep {
    var cursor = content
    if let step = startKeys(verb, &cursor, line: line, &request) { return step }
    if !keysFit(cursor) { return refuse(.badLineFormat, consumed: line, &request) }
    state = .keys
    // nextKey looks for the line's ending itself.
    let first = cursor.position
    cursor.end = offset + line
    let step = nextKey(cursor, &request)
    guard case .request(let consumed) = step else { return step }
    return .request(first - offset + consumed)
  }

  /// A retrieval line whose end is not within the window: the keys in the window are checked, then they go
  /// out one by one as they come.
  @inline(never)
  mutating func longRetrieval(
    _ verb: Verb, _ word: LineCursor, _ offset: Int, _ request: inout Request
  ) -> ParseStep {
    var window = word
    window.end = offset + ProtocolLimit.keyWindow
    // It may be half of the line's ending; it is looked at again when its turn comes.
    if window.byte(at: window.end - 1) == ASCII.carriageReturn { window.end -= 1 }
    if let step = startKeys(verb, &window, line: ProtocolLimit.keyWindow, &request) {
      state = .skippingLine
      return step
    }
    if !keysFit(window) {
      state = .skippingLine
      return refuse(.badLineFormat, consumed: ProtocolLimit.keyWindow, &request)
    }
    state = .streamedKeys
    var cursor = word
    cursor.position = window.position
    switch nextStreamedKey(cursor, &request) {
    case .request(let consumed): return .request(window.position - offset + consumed)
    case .needMore(let consumed): return .needMore(window.position - offset + consumed)
    case .close: return .close
    }
  }

  /// The next key of a line without an end in sight. It goes out when what follows it and its spaces is
  /// here, which tells whether it is the last.
  mutating func nextStreamedKey(_ start: LineCursor, _ request: inout Request) -> ParseStep {
    // The longest key, CR and LF are in view; a key that has not ended by then is too long.
    var cursor = start
    cursor.end = min(start.end, start.position + ProtocolLimit.key + 2)
    var length = cursor.tokenLength
    cursor.position += length
    let terminated = !cursor.isAtEnd
    let endsInReturn = length > 0 && start.byte(at: cursor.position - 1) == ASCII.carriageReturn
    if endsInReturn, !terminated || cursor.current == ASCII.newline { length -= 1 }
    if length > ProtocolLimit.key { return endStream(length, &request) }
    if !terminated { return .needMore(0) }

    // A line may hold any number of spaces, but not the daemon's memory by them.
    let limit = cursor.position + ProtocolLimit.line
    cursor.end = min(start.end, limit)
    cursor.skipSpaces()
    if cursor.position == limit { return endStream(limit - start.position, &request) }
    cursor.end = start.end
    // A carriage return that is the last byte here may begin the line's ending.
    if cursor.remaining < 2, cursor.isAtEnd || cursor.current == ASCII.carriageReturn { return .needMore(0) }
    let ending = cursor.lineEnding
    cursor.position += ending
    if ending > 0 { state = .idle }
    request = Request()
    request.verb = verb
    request.exptime = exptime
    request.isLastKey = ending > 0
    request.key = ByteRange(start: start.position, count: length)
    return .request(cursor.position - start.position)
  }

  private mutating func endStream(_ consumed: Int, _ request: inout Request) -> ParseStep {
    state = .skippingLine
    return refuse(.badLineFormat, consumed: consumed, &request)
  }

  /// Takes the exptime of gat and moves to the first key; an error as the whole answer when there is none.
  private mutating func startKeys(
    _ verb: Verb, _ cursor: inout LineCursor, line: Int, _ request: inout Request
  ) -> ParseStep? {
    self.verb = verb
    exptime = 0
    var expiry: Int32? = 0
    if verb == .gat || verb == .gats {
      guard let token = cursor.nextToken() else { return refuse(.badLineFormat, consumed: line, &request) }
      expiry = cursor.strictInt32(token)
    }
    cursor.skipSpaces()
    if cursor.isAtEnd { return refuse(.badLineFormat, consumed: line, &request) }
    guard let expiry else { return refuse(.invalidExptime, consumed: line, &request) }
    exptime = expiry
    return nil
  }

  /// Whether no key from the cursor to its end is too long. Looks back for a space from the farthest place
  /// where the next must be, so that it reads a few bytes in every 250 and not all.
  private func keysFit(_ cursor: LineCursor) -> Bool {
    var boundary = cursor.position - 1
    while cursor.end - boundary > ProtocolLimit.key + 1 {
      var probe = boundary + ProtocolLimit.key + 1
      while probe > boundary, cursor.byte(at: probe) != ASCII.space { probe -= 1 }
      if probe == boundary { return false }
      boundary = probe
    }
    return true
  }
}
