/// One parsed request. Offsets count from the first byte of the buffer given to the parser, which must
/// stay in place until the request was executed.
public struct Request: Sendable {
  /// The command.
  public var verb: Verb = .protocolError
  /// `noreply` was the last token of a classic command: no reply, not even an error found later.
  public var noReply = false
  /// Retrieval: this is the last key of its line, `END` follows its answer.
  public var isLastKey = false
  /// Storage: the value did not fit the parser's inline limit. `dataLength` bytes and CR LF follow the
  /// consumed bytes and belong to the session, not to the parser.
  public var bodyFollows = false
  /// The reply when `verb` is `protocolError`.
  public var error: ProtocolError = .unknownCommand
  /// The key as it came (base64 still encoded for meta commands with the flag b).
  public var key = ByteRange()
  /// Meta: the flag tokens, from the first to the last. Others: the rest of the line.
  public var tokens = ByteRange()
  /// Offset of the complete data block (without CR LF) when it is in the buffer.
  public var data: Int32 = 0
  /// Length of the data block in bytes.
  public var dataLength: UInt32 = 0
  /// Client flags of a classic storage command.
  public var clientFlags: UInt32 = 0
  /// Expiry as the client gave it (seconds, memcached's rules), also of touch, gat and flush_all.
  public var exptime: Int32 = 0
  /// CAS of `cas`, delta of incr and decr.
  public var number: UInt64 = 0
  /// Meta: one bit per flag letter, bit (letter & 63): 'A' is bit 1, 'a' is bit 33. See `MetaFlag`.
  public var metaFlags: UInt64 = 0
  /// Meta: the flags that act on the reply line, in the order asked.
  public var replyOrder = MetaReplyOrder()
  /// Meta: the opaque token, its O included; empty without one.
  public var opaque = ByteRange()

  /// An empty request, to be filled by a parser.
  @inlinable @inline(__always)
  public init() {}

  /// Whether the flags hold any of `MetaFlag`'s bits.
  @inlinable @inline(__always)
  public func has(_ flags: UInt64) -> Bool { metaFlags & flags != 0 }
}
