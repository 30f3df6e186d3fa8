/// Walks over the arguments of an administrative command. Not for the hot path; nothing is copied.
public struct TokenCursor {
  @usableFromInline var cursor: LineCursor

  /// The tokens of `request`, parsed from `input`; a `noreply` at the end is one of them.
  public init(_ request: Request, in input: UnsafeRawBufferPointer) {
    let start = Int(request.tokens.start)
    cursor = LineCursor(input, at: start, end: start + Int(request.tokens.count))
  }

  /// One argument.
  public struct Token {
    let cursor: LineCursor
    let range: ByteRange

    /// The bytes, valid as long as the input buffer.
    public var bytes: UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(start: cursor.base + Int(range.start), count: Int(range.count))
    }

    /// The bytes as text, what is not UTF-8 repaired.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether it is exactly this word.
    public func equals(_ word: StaticString) -> Bool { cursor.equals(range, word) }

    /// Whether it is this word or a beginning of it: memcached takes `stats set` for `stats settings`.
    public func abbreviates(_ word: StaticString) -> Bool {
      let count = Int(range.count)
      if count > word.utf8CodeUnitCount { return false }
      return bytes.elementsEqual(UnsafeRawBufferPointer(start: word.utf8Start, count: count))
    }

    /// As a number without a sign, nil when it is none or beyond 32 bits.
    public var uint32: UInt32? { cursor.strictUInt32(range) }

    /// As a number, nil when it is none or beyond 32 bits.
    public var int32: Int32? { cursor.strictInt32(range) }
  }

  /// The next argument, nil behind the last.
  public mutating func next() -> Token? {
    guard let range = cursor.nextToken() else { return nil }
    return Token(cursor: cursor, range: range)
  }

  /// How many arguments are left.
  public var count: Int {
    var rest = cursor
    var count = 0
    while rest.nextToken() != nil { count += 1 }
    return count
  }
}
