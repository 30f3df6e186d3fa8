/// The pattern of a LIKE, taken apart: `%` is anything, `_` one character, `\` takes the next one as it is.
public struct LikePattern: Sendable, Equatable {
  /// A part of it.
  public enum Piece: Sendable, Equatable {
    /// These bytes.
    case bytes([UInt8])
    /// One character; of a binary column one byte.
    case one
    /// Any number of characters.
    case many
  }

  /// In order; no two `bytes` and no two `many` in a row.
  public let pieces: [Piece]

  /// Reads a pattern; every text is one.
  public init(_ text: String) {
    var pieces: [Piece] = []
    var bytes: [UInt8] = []
    func flush() {
      if !bytes.isEmpty { pieces.append(.bytes(bytes)) }
      bytes = []
    }
    var isEscaped = false
    for byte in text.utf8 {
      if isEscaped {
        bytes.append(byte)
        isEscaped = false
        continue
      }
      switch byte {
      case UInt8(ascii: "\\"): isEscaped = true
      case UInt8(ascii: "_"):
        flush()
        pieces.append(.one)
      case UInt8(ascii: "%"):
        flush()
        if pieces.last != .many { pieces.append(.many) }
      default: bytes.append(byte)
      }
    }
    // A backslash at the end escapes nothing, so it is one.
    if isEscaped { bytes.append(UInt8(ascii: "\\")) }
    flush()
    self.pieces = pieces
  }
}
