/// Walks over the flag tokens of a meta request.
@frozen
public struct MetaFlagIterator: IteratorProtocol {
  /// A flag: its letter and what follows it.
  public struct Flag {
    /// The first byte of the token.
    public var letter: UInt8
    /// The rest of it, as a range of the input buffer; may be empty.
    public var argument: ByteRange

    @inlinable
    init(letter: UInt8, argument: ByteRange) {
      self.letter = letter
      self.argument = argument
    }
  }

  @usableFromInline var cursor: LineCursor

  /// The flags of `request`, parsed from `input`.
  @inlinable
  public init(_ request: Request, in input: UnsafeRawBufferPointer) {
    let start = Int(request.tokens.start)
    cursor = LineCursor(input, at: start, end: start + Int(request.tokens.count))
  }

  /// The next flag, nil behind the last.
  @inlinable
  public mutating func next() -> Flag? {
    guard let token = cursor.nextToken() else { return nil }
    let start = Int(token.start)
    return Flag(
      letter: cursor.byte(at: start), argument: ByteRange(start: start + 1, count: Int(token.count) - 1))
  }
}
