import CHearth

/// A place in the input. The only type of this module that reads raw input bytes: every read is checked
/// against the end by the code that moves the cursor, and asserted in debug builds.
@frozen
public struct LineCursor {
  /// First byte of the input buffer; positions count from here.
  @usableFromInline let base: UnsafePointer<UInt8>
  /// Next byte to read.
  @usableFromInline var position: Int
  /// Position behind the last byte that may be read.
  @usableFromInline var end: Int

  /// A cursor over the input from `position`; `end` may cut it short (the end of a line).
  @inlinable @inline(__always)
  public init(_ input: UnsafeRawBufferPointer, at position: Int, end: Int? = nil) {
    precondition(position >= 0 && position <= input.count)
    // An empty buffer has no address; it is then never read, so that any will do.
    base = (input.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped)
      .assumingMemoryBound(to: UInt8.self)
    self.position = position
    self.end = end ?? input.count
  }

  @inlinable @inline(__always)
  var isAtEnd: Bool { position >= end }

  @inlinable @inline(__always)
  var remaining: Int { end &- position }

  @inlinable @inline(__always)
  func byte(at index: Int) -> UInt8 {
    assert(index >= 0 && index < end)
    return base[index]
  }

  /// The byte under the cursor; 0 at the end.
  @inlinable @inline(__always)
  var current: UInt8 { isAtEnd ? 0 : base[position] }

  @inlinable @inline(__always)
  func load16(at index: Int) -> UInt16 {
    assert(index >= 0 && index + 2 <= end)
    return UInt16(base[index]) | UInt16(base[index + 1]) << 8
  }

  @inlinable @inline(__always)
  func load32(at index: Int) -> UInt32 {
    assert(index >= 0 && index + 4 <= end)
    return hearth_load32(base + index)
  }

  @inlinable @inline(__always)
  func load64(at index: Int) -> UInt64 {
    assert(index >= 0 && index + 8 <= end)
    return hearth_load64(base + index)
  }

  /// Bytes up to the next space, newline or the end; does not move.
  @inlinable @inline(__always)
  var tokenLength: Int { Int(hearth_token_length(base + position, remaining)) }

  @inlinable @inline(__always)
  mutating func skipSpaces() {
    while position < end, base[position] == ASCII.space { position &+= 1 }
  }

  /// Position of the next newline in [from, to), nil if there is none.
  @usableFromInline
  func newline(from: Int, to: Int) -> Int? {
    assert(to <= end)
    guard from < to, let found = memchr(base + from, Int32(ASCII.newline), to - from) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  /// The next token before `end`, the cursor behind it; nil when only spaces are left. For cursors that end
  /// with their line's content; a newline is an end in any case, never an empty token for ever.
  @inlinable @inline(__always)
  mutating func nextToken() -> ByteRange? {
    skipSpaces()
    if isAtEnd || base[position] == ASCII.newline { return nil }
    let start = position
    position &+= tokenLength
    return ByteRange(start: start, count: position &- start)
  }

  /// Tokens between the cursor and `end`; does not move.
  func countTokens() -> Int {
    var rest = self
    var count = 0
    while rest.nextToken() != nil { count += 1 }
    return count
  }

  /// Whether the token is exactly this word.
  @inlinable
  func equals(_ token: ByteRange, _ word: StaticString) -> Bool {
    Int(token.count) == word.utf8CodeUnitCount
      && memcmp(base + Int(token.start), word.utf8Start, word.utf8CodeUnitCount) == 0
  }

  /// Digits from the cursor on, at most ten, the cursor behind them; `UInt64.max` when there is none or more.
  @inlinable @inline(__always)
  mutating func shortDecimal() -> UInt64 {
    let start = position
    var value: UInt64 = 0
    while position < end {
      let digit = base[position] &- ASCII.zero
      if digit > 9 { break }
      value = value &* 10 &+ UInt64(digit)
      position &+= 1
    }
    let digits = position &- start
    return digits == 0 || digits > 10 ? .max : value
  }

  /// Length of the line ending under the cursor: 2 for CR LF, 1 for LF, 0 when there is none (yet).
  @inlinable @inline(__always)
  var lineEnding: Int {
    if remaining >= 2, load16(at: position) == 0x0a0d { return 2 }
    return position < end && base[position] == ASCII.newline ? 1 : 0
  }
}
