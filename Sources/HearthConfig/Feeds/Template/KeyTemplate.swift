/// How a key is made of a row's columns: `user:{id}`. `{{` and `}}` stand for braces.
public struct KeyTemplate: Sendable, Equatable, Hashable {
  /// A part of it.
  public enum Piece: Sendable, Equatable, Hashable {
    /// Bytes as they are.
    case literal(String)
    /// The text of a column.
    case column(String)
  }

  /// Bytes of a key (memcached protocol.txt, "Keys").
  public static let keyLimit = 250
  /// Columns in one template.
  public static let columnLimit = 16
  /// Characters of a template, longer than any key because of the columns' names.
  public static let lengthLimit = 2000

  /// In order; no two literals in a row, none empty.
  public let pieces: [Piece]

  /// The columns in order, each once.
  public var columns: [String] {
    var seen: [String] = []
    for case .column(let name) in pieces where !seen.contains(name) { seen.append(name) }
    return seen
  }

  /// What every key begins with.
  public var literalPrefix: String {
    if case .literal(let text) = pieces.first { text } else { "" }
  }

  init(pieces: [Piece]) { self.pieces = pieces }
}

extension KeyTemplate: CustomStringConvertible {
  /// As it can be written in a file.
  public var description: String {
    pieces.map { piece in
      switch piece {
      case .literal(let text): text.map { $0 == "{" ? "{{" : $0 == "}" ? "}}" : String($0) }.joined()
      case .column(let name): "{\(name)}"
      }
    }.joined()
  }
}
