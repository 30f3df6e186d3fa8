extension QueryTemplate {
  /// Reads a statement. Quoted texts, names in backticks and comments stay as they are.
  public init(_ source: String) throws(SyntaxProblem) {
    let scalars = Array(source.unicodeScalars.prefix(Self.lengthLimit + 1))
    guard scalars.count <= Self.lengthLimit else {
      throw SyntaxProblem(
        at: 0, "the statement has more than \(Self.lengthLimit) characters", "write a shorter one")
    }
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace && $0 != "(" }),
      Self.reads(Self.word(scalars, from: first))
    else {
      throw SyntaxProblem(at: 0, "the statement does not read", "begin it with select or with")
    }
    var text = String.UnicodeScalarView()
    var parameters: [String] = []
    var i = 0
    while i < scalars.count {
      let scalar = scalars[i]
      let next = i + 1 < scalars.count ? scalars[i + 1] : " "
      if let end = try Self.opaque(scalars, from: i) {
        text.append(contentsOf: scalars[i..<end])
        i = end
        continue
      }
      switch scalar {
      case "?":
        throw SyntaxProblem(at: i, "a ? is no parameter here", "name the column, as in :user_id")
      case ";":
        throw SyntaxProblem(at: i, "a ; ends the statement", "write one statement without it")
      case ":" where Self.isWord(next):
        let name = Self.word(scalars, from: i + 1)
        parameters.append(name)
        guard parameters.count <= Self.parameterLimit else {
          throw SyntaxProblem(at: i, "there are more than \(Self.parameterLimit) parameters", "use fewer")
        }
        text.append("?")
        i += 1 + name.unicodeScalars.count
      default:
        text.append(scalar)
        i += 1
      }
    }
    self.init(text: String(text), parameters: parameters)
  }

  /// Where the quoted text or the comment that begins here ends; nil: none does.
  private static func opaque(_ scalars: [Unicode.Scalar], from start: Int) throws(SyntaxProblem) -> Int? {
    let next = start + 1 < scalars.count ? scalars[start + 1] : " "
    switch scalars[start] {
    case "'", "\"", "`":
      let quote = scalars[start]
      var i = start + 1
      while i < scalars.count {
        if scalars[i] == "\\", quote != "`" {
          i += 2
        } else if scalars[i] == quote {
          return i + 1
        } else {
          i += 1
        }
      }
      throw SyntaxProblem(at: start, "a quote is never closed", "close it")
    case "#": return lineEnd(scalars, from: start)
    // MySQL manual, "Comments": two dashes alone are arithmetic.
    case "-" where next == "-" && (start + 2 == scalars.count || scalars[start + 2].properties.isWhitespace):
      return lineEnd(scalars, from: start)
    case "/" where next == "*":
      var i = start + 2
      while i + 1 < scalars.count {
        if scalars[i] == "*", scalars[i + 1] == "/" { return i + 2 }
        i += 1
      }
      throw SyntaxProblem(at: start, "a comment is never closed", "close it with */")
    default: return nil
    }
  }

  private static func lineEnd(_ scalars: [Unicode.Scalar], from start: Int) -> Int {
    scalars[start...].firstIndex(of: "\n") ?? scalars.count
  }

  private static func reads(_ word: String) -> Bool { ["select", "with"].contains(word.lowercased()) }

  private static func word(_ scalars: [Unicode.Scalar], from start: Int) -> String {
    String(String.UnicodeScalarView(scalars[start...].prefix(while: isWord)))
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic || "0"..."9" ~= scalar
  }
}
