/// Turns the bytes of one connection into requests: the classic and meta text protocols.
///
/// Kept per connection, a few words, trivial to copy; owned by the connection's worker thread. The caller
/// calls `next` again and again over one input buffer, moving the offset on by what was consumed, and keeps
/// unconsumed bytes for the next time; it must be able to hold `ProtocolLimit.keyWindow` bytes of them, or
/// a command line and a data block up to the inline limit. Nothing is copied or allocated. A get or set line
/// costs some 20 ns; a line that arrives in pieces is searched for its end only once.
@frozen
public struct RequestParser: Sendable {
  @usableFromInline
  enum State: UInt8, Sendable {
    /// Between commands.
    case idle
    /// Inside a retrieval line that is completely in the buffer, its keys checked.
    case keys
    /// Inside a retrieval line longer than the window.
    case streamedKeys
    /// Dropping the rest of a line.
    case skippingLine
    /// Dropping the data block of a refused command.
    case swallowing
  }

  @usableFromInline var state = State.idle
  /// The command of the retrieval line.
  @usableFromInline var verb = Verb.get
  /// The expiry of a gat or gats line.
  @usableFromInline var exptime: Int32 = 0
  /// Swallowing: bytes still to drop. Idle: bytes of the line already searched for its end in vain.
  @usableFromInline var count: UInt32 = 0
  /// After `needMore`: how many unconsumed bytes the next request takes in all, when that is known, else 0.
  /// A hint for sizing a buffer.
  public var wanted: UInt32 = 0

  /// A parser between commands.
  @inlinable @inline(__always)
  public init() {}

  /// Whether the next byte begins a command.
  @inlinable
  public var isBetweenCommands: Bool { state == .idle }

  /// Parses one request.
  ///
  /// - Parameters:
  ///   - input: the buffer; ranges of the request count from its start.
  ///   - offset: where in it the unconsumed bytes begin.
  ///   - inlineLimit: longest data block that is waited for; a longer one is left to the caller.
  ///   - request: overwritten when the answer is `.request`.
  @inlinable @inline(__always)
  public mutating func next(
    _ input: UnsafeRawBufferPointer, at offset: Int, inlineLimit: Int, _ request: inout Request
  ) -> ParseStep {
    var cursor = LineCursor(input, at: offset)
    if state == .keys { return nextKey(cursor, &request) }
    // A word of four bytes and a line of two more is the least the fast paths ask for; a line that was
    // searched before (`count`) goes the long way, which does not search the same bytes again.
    if state == .idle, count == 0, cursor.remaining >= 6 {
      let word = cursor.load32(at: offset)
      if word == Word.get4 {
        cursor.position &+= 4
        return singleGet(cursor, offset, .get, &request)
      }
      if word == Word.set4 {
        cursor.position &+= 4
        return plainStorage(cursor, offset, .set, inlineLimit, &request)
      }
      if word & 0xff_ffff == Word.mg3 {
        cursor.position &+= 3
        return meta(.metaGet, cursor, offset, inlineLimit, &request)
      }
      if word & 0xff_ffff == Word.ms3 {
        cursor.position &+= 3
        return meta(.metaSet, cursor, offset, inlineLimit, &request)
      }
      if word == Word.gets4, cursor.byte(at: offset &+ 4) == ASCII.space {
        cursor.position &+= 5
        return singleGet(cursor, offset, .gets, &request)
      }
      if word == Word.add4 {
        cursor.position &+= 4
        return plainStorage(cursor, offset, .add, inlineLimit, &request)
      }
    }
    return nextGeneral(cursor, offset, inlineLimit, &request)
  }

  /// Drops the next bytes of the connection: for a data block that the caller refuses after the parser left
  /// it to him (`bodyFollows`).
  public mutating func swallow(_ bytes: Int) {
    precondition(state == .idle && bytes >= 0 && bytes <= Int(UInt32.max))
    if bytes > 0 {
      state = .swallowing
      count = UInt32(bytes)
    }
  }

  /// A whole line without anything behind it: the error is the request.
  @inlinable @inline(__always)
  mutating func refuse(
    _ error: ProtocolError, consumed: Int, noReply: Bool = false, _ request: inout Request
  ) -> ParseStep {
    request = Request()
    request.error = error
    request.noReply = noReply
    return .request(consumed)
  }

  /// A command with a data block: the line is answered with the error, the block dropped.
  @inlinable
  mutating func refuseBlock(
    _ error: ProtocolError, consumed: Int, block: UInt32, noReply: Bool, _ request: inout Request
  ) -> ParseStep {
    state = .swallowing
    count = block &+ 2
    return refuse(error, consumed: consumed, noReply: noReply, &request)
  }
}

/// Command words as they lie in memory, little endian.
@usableFromInline
enum Word {
  /// `get `
  @inlinable static var get4: UInt32 { 0x2074_6567 }
  /// `set `
  @inlinable static var set4: UInt32 { 0x2074_6573 }
  /// `add `
  @inlinable static var add4: UInt32 { 0x2064_6461 }
  /// `mg `
  @inlinable static var mg3: UInt32 { 0x20_676d }
  /// `gat `
  @inlinable static var gat4: UInt32 { 0x2074_6167 }
  /// `gets`
  @inlinable static var gets4: UInt32 { 0x7374_6567 }
  /// `gats`
  @inlinable static var gats4: UInt32 { 0x7374_6167 }
  /// `ms `
  @inlinable static var ms3: UInt32 { 0x20_736d }
}
