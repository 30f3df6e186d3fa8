import HearthConfig

/// Makes keys of rows.
final class KeyRenderer: Sendable {
  /// Bytes of a key (memcached protocol.txt, "Keys").
  static let limit = KeyTemplate.keyLimit

  private struct Piece {
    /// Of the table; -1: a literal.
    var column: Int
    /// Where the literal is in `literals`.
    var start: Int
    var count: Int
  }

  private let pieces: [Piece]
  private let literals: [UInt8]
  /// Beginnings that a column's text must not complete.
  private let foreign: [[UInt8]]
  /// What it was made of.
  let template: KeyTemplate
  /// The columns it needs.
  let columns: [Int]

  init(
    _ template: KeyTemplate, foreignPrefixes: [String], _ column: (String) throws(MappingError) -> Int
  ) throws(MappingError) {
    var pieces: [Piece] = []
    var literals: [UInt8] = []
    var columns: [Int] = []
    for piece in template.pieces {
      switch piece {
      case .literal(let text):
        pieces.append(Piece(column: -1, start: literals.count, count: text.utf8.count))
        literals += Array(text.utf8)
      case .column(let name):
        let index = try column(name)
        pieces.append(Piece(column: index, start: 0, count: 0))
        if !columns.contains(index) { columns.append(index) }
      }
    }
    self.template = template
    self.pieces = pieces
    self.literals = literals
    self.columns = columns
    let prefix = Array(template.literalPrefix.utf8)
    foreign = foreignPrefixes.map { Array($0.utf8) }.filter {
      $0.starts(with: prefix) || prefix.starts(with: $0)
    }
  }

  /// Writes the row's key; answers its length, 1...250. `target` has room for 250 bytes.
  func render(
    _ row: borrowing RowImage, into target: UnsafeMutableRawBufferPointer
  ) throws(KeyProblem) -> Int {
    precondition(target.count >= Self.limit)
    let base = target.baseAddress.unsafelyUnwrapped
    var length = 0
    for piece in pieces {
      if piece.column < 0 {
        guard Self.limit - length >= piece.count else { throw .tooLong }
        for k in 0..<piece.count {
          base.storeBytes(of: literals[piece.start + k], toByteOffset: length + k, as: UInt8.self)
        }
        length += piece.count
        continue
      }
      let value = row[piece.column]
      switch value.state {
      case .value: break
      case .null: throw .null
      case .absent: throw .columnMissing
      }
      guard Self.limit - length >= value.bytes.count else { throw .tooLong }
      for byte in value.bytes {
        // memcached protocol.txt: no control characters, no whitespace.
        guard byte > 32, byte != 127 else { throw .invalidByte }
        base.storeBytes(of: byte, toByteOffset: length, as: UInt8.self)
        length += 1
      }
    }
    guard length > 0 else { throw .empty }
    for prefix in foreign where length >= prefix.count {
      var i = 0
      while i < prefix.count, base.load(fromByteOffset: i, as: UInt8.self) == prefix[i] { i += 1 }
      if i == prefix.count { throw .foreignPrefix }
    }
    return length
  }
}
