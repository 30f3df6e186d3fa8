/// Errors that the parser itself answers, each with its reply line.
public enum ProtocolError: UInt8, Sendable, CaseIterable {
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
  /// Meta, J: not a number.
  case invalidInitialValue
  /// Meta, D: not a number (outside `ma`, which names no flag in particular).
  case invalidDeltaValue
  /// `ms` with an M that is none of E A P R S.
  case invalidSetMode
  /// `ma` with an M that is none of I + D -.
  case invalidArithmeticMode

  /// The reply, CR LF included, word for word as memcached sends it.
  @inlinable
  public var line: StaticString {
    switch self {
    case .unknownCommand: "ERROR\r\n"
    case .badLineFormat: "CLIENT_ERROR bad command line format\r\n"
    case .badDataChunk: "CLIENT_ERROR bad data chunk\r\n"
    case .invalidExptime: "CLIENT_ERROR invalid exptime argument\r\n"
    case .invalidDelta: "CLIENT_ERROR invalid numeric delta argument\r\n"
    case .invalidFlag: "CLIENT_ERROR invalid flag\r\n"
    case .duplicateFlag: "CLIENT_ERROR duplicate flag\r\n"
    case .invalidOrDuplicateFlag: "CLIENT_ERROR invalid or duplicate flag\r\n"
    case .badToken: "CLIENT_ERROR bad token in command line format\r\n"
    case .opaqueTooLong: "CLIENT_ERROR opaque token too long\r\n"
    case .badKeyEncoding: "CLIENT_ERROR error decoding key\r\n"
    case .tooManyTokens: "CLIENT_ERROR options flags are too long\r\n"
    case .invalidInitialValue: "CLIENT_ERROR invalid numeric initial value\r\n"
    case .invalidDeltaValue: "CLIENT_ERROR invalid numeric delta value\r\n"
    case .invalidSetMode: "CLIENT_ERROR invalid mode for ms M token\r\n"
    case .invalidArithmeticMode: "CLIENT_ERROR invalid mode for ma M token\r\n"
    }
  }
}
