import HearthConfig

/// Compares texts with the pattern of a LIKE, byte by byte: collations do not apply. Takes time that grows with the
/// product of both lengths at worst, and no memory.
struct LikeMatcher: Sendable {
  private static let one: UInt16 = 256
  private static let many: UInt16 = 257

  /// Bytes, `one` or `many`.
  private let pattern: [UInt16]
  /// `_` is a character of several bytes; of a binary column a byte.
  private let isText: Bool

  init(_ pattern: LikePattern, isText: Bool) {
    self.isText = isText
    self.pattern = pattern.pieces.flatMap { piece in
      switch piece {
      case .bytes(let bytes): bytes.map(UInt16.init)
      case .one: [Self.one]
      case .many: [Self.many]
      }
    }
  }

  func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    var i = 0
    var k = 0
    /// Where to go on when what follows the last `many` does not fit.
    var retryText = -1
    var retryPattern = 0
    while true {
      if k < pattern.count, pattern[k] == Self.many {
        retryText = i
        retryPattern = k + 1
        k += 1
      } else if k < pattern.count, i < text.count, pattern[k] == Self.one {
        i = next(text, i)
        k += 1
      } else if k < pattern.count, i < text.count, pattern[k] == UInt16(text[i]) {
        i += 1
        k += 1
      } else if k == pattern.count, i == text.count {
        return true
      } else if retryText >= 0, retryText < text.count {
        retryText = next(text, retryText)
        i = retryText
        k = retryPattern
      } else {
        return false
      }
    }
  }

  /// Where the character after the one at `i` begins.
  @inline(__always)
  private func next(_ text: UnsafeRawBufferPointer, _ i: Int) -> Int {
    var i = i + 1
    if isText { while i < text.count, text[i] & 0xc0 == 0x80 { i += 1 } }
    return i
  }
}
