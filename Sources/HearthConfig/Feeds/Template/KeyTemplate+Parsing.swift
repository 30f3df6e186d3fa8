extension KeyTemplate {
  /// Reads a template.
  public init(_ text: String) throws(SyntaxProblem) {
    // Scalars, not characters: a combining mark must not hide a brace.
    let scalars = Array(text.unicodeScalars.prefix(Self.lengthLimit + 1))
    guard !scalars.isEmpty else { throw SyntaxProblem(at: 0, "the key is empty", "write it as in user:{id}") }
    guard scalars.count <= Self.lengthLimit else {
      throw SyntaxProblem(
        at: 0, "the key has more than \(Self.lengthLimit) characters", "write a shorter one")
    }
    var pieces: [Piece] = []
    var literal = String.UnicodeScalarView()
    var literalBytes = 0
    var columns = 0
    var i = 0
    while i < scalars.count {
      let scalar = scalars[i]
      if scalar == "{" || scalar == "}", i + 1 < scalars.count, scalars[i + 1] == scalar {
        literal.append(scalar)
        literalBytes += 1
        i += 2
      } else if scalar == "{" {
        let name = try Self.column(scalars, from: i)
        if !literal.isEmpty { pieces.append(.literal(String(literal))) }
        literal = String.UnicodeScalarView()
        pieces.append(.column(name.text))
        columns += 1
        guard columns <= Self.columnLimit else {
          throw SyntaxProblem(at: i, "there are more than \(Self.columnLimit) columns", "use fewer")
        }
        i = name.end
      } else if scalar == "}" {
        throw SyntaxProblem(at: i, "a } closes nothing", "write }} for a brace in the key")
      } else {
        guard scalar.value > 32, scalar.value != 127 else {
          throw SyntaxProblem(
            at: i, "a key has no blanks and no control characters",
            "remove it, or use another character, as in -")
        }
        literal.append(scalar)
        literalBytes += UTF8.width(scalar)
        i += 1
      }
      guard literalBytes <= Self.keyLimit else {
        throw SyntaxProblem(at: i - 1, "a key has at most \(Self.keyLimit) bytes", "write a shorter one")
      }
    }
    if !literal.isEmpty { pieces.append(.literal(String(literal))) }
    self.init(pieces: pieces)
  }

  /// The name in the braces that open at `start`, and where what follows them begins.
  private static func column(
    _ scalars: [Unicode.Scalar], from start: Int
  ) throws(SyntaxProblem) -> (text: String, end: Int) {
    guard let close = scalars[start...].firstIndex(of: "}") else {
      throw SyntaxProblem(
        at: start, "a { is never closed", "close it, as in {id}, or write {{ for a brace in the key")
    }
    let name = scalars[(start + 1)..<close]
    guard !name.isEmpty else {
      throw SyntaxProblem(at: start, "the braces are empty", "write a column's name, as in {id}")
    }
    if let brace = name.firstIndex(of: "{") {
      throw SyntaxProblem(at: brace, "a { is within braces", "close the one before it, as in {id}")
    }
    // MySQL: identifiers have at most 64 characters.
    guard name.count <= 64, name.first != " ", name.last != " " else {
      throw SyntaxProblem(
        at: start + 1, "\(quoted(String(String.UnicodeScalarView(name)))) is not a column's name",
        "write the name alone, as in {id}")
    }
    return (String(String.UnicodeScalarView(name)), close + 1)
  }
}
