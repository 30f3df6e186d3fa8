/// What a request asks for. One case per command of the text protocols; a multiget is one request per key.
public enum Verb: UInt8, Sendable {
  // Classic retrieval: one request per key, `isLastKey` on the last one of the line.
  case get, gets, gat, gats
  // Classic storage: the data block is at `data`, or still to come when `bodyFollows`.
  case set, add, replace, append, prepend, cas
  // Classic, one key, no data block.
  case incr, decr, touch, delete
  // Meta commands; `flags` is the span of flag tokens behind the key (and length).
  case metaNoop, metaGet, metaSet, metaDelete, metaArithmetic, metaDebug
  // Everything else: `arguments` spans the rest of the line behind the command word.
  case stats, flushAll, version, verbosity, quit, shutdown, cacheMemlimit
  case slabs, lru, lruCrawler, extstore, refreshCerts, watch
  /// `metadump` and `mgdump` are sub-commands of lruCrawler; a bare `mgdump` is its own word.
  case mgdump
  /// Not a command: the line was wrong. `error` tells the reply.
  case protocolError
}

/// A part of the input buffer the request was parsed from, as offsets from its start.
public struct ByteRange: Sendable, Equatable {
  /// Offset of the first byte.
  public var start: Int32
  /// Number of bytes.
  public var count: Int32

  /// An empty range at 0 unless told otherwise.
  @inlinable @inline(__always)
  public init(start: Int = 0, count: Int = 0) {
    self.start = Int32(truncatingIfNeeded: start)
    self.count = Int32(truncatingIfNeeded: count)
  }
}

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
  /// Meta: one bit per flag letter, bit (letter & 63): 'A' is bit 1, 'a' is bit 33.
  public var metaFlags: UInt64 = 0

  /// An empty request, to be filled by a parser.
  public init() {}
}

/// Errors that the parser itself answers, each with its reply line.
public enum ProtocolError: UInt8, Sendable {
  case unknownCommand
  case badLineFormat
  case badDataChunk
  case invalidExptime
  case invalidDelta
  case invalidFlag
  case duplicateFlag
  case invalidOrDuplicateFlag
  case badToken
  case opaqueTooLong
  case badKeyEncoding
  case tooManyTokens
}
