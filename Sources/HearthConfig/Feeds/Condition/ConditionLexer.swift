/// Takes the text of a condition apart.
struct ConditionLexer {
  private let scalars: [Unicode.Scalar]
  private var i = 0

  init(_ text: String) throws(SyntaxProblem) {
    scalars = Array(text.unicodeScalars.prefix(RowCondition.lengthLimit + 1))
    guard scalars.count <= RowCondition.lengthLimit else {
      throw SyntaxProblem(
        at: 0, "the condition has more than \(RowCondition.lengthLimit) characters", "write a shorter one")
    }
  }

  /// All tokens; the last is `end`.
  static func tokens(of text: String) throws(SyntaxProblem) -> [ConditionToken] {
    var lexer = try ConditionLexer(text)
    var tokens: [ConditionToken] = []
    while true {
      let token = try lexer.next()
      tokens.append(token)
      if token.kind == .end { return tokens }
    }
  }

  private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
    i + distance < scalars.count ? scalars[i + distance] : nil
  }

  private func written(from start: Int) -> String { String(String.UnicodeScalarView(scalars[start..<i])) }

  private mutating func token(_ kind: ConditionToken.Kind, _ start: Int, length: Int) -> ConditionToken {
    i = start + length
    return ConditionToken(kind: kind, offset: start, written: written(from: start))
  }

  private mutating func next() throws(SyntaxProblem) -> ConditionToken {
    while let scalar = peek(), scalar.properties.isWhitespace { i += 1 }
    let start = i
    guard let scalar = peek() else { return token(.end, start, length: 0) }
    let following = peek(1)
    switch scalar {
    case "(": return token(.open, start, length: 1)
    case ")": return token(.close, start, length: 1)
    case ",": return token(.comma, start, length: 1)
    case "=": return token(.comparison(.equal), start, length: 1)
    case "!" where following == "=": return token(.comparison(.notEqual), start, length: 2)
    case "<" where following == ">": return token(.comparison(.notEqual), start, length: 2)
    case "<" where following == "=": return token(.comparison(.lessOrEqual), start, length: 2)
    case "<": return token(.comparison(.less), start, length: 1)
    case ">" where following == "=": return token(.comparison(.greaterOrEqual), start, length: 2)
    case ">": return token(.comparison(.greater), start, length: 1)
    case "'": return try quotedText(start)
    case "`": return try name(start)
    case "\"":
      throw SyntaxProblem(at: start, "a \" opens no text here", "write texts as in 'abc'")
    case "0"..."9", "-", "+", ".": return try number(start)
    default: break
    }
    guard Self.isWord(scalar) else {
      throw SyntaxProblem(
        at: start, "\(quoted(String(scalar))) has no meaning here",
        "compare columns with constants, as in active = 1 and name like 'a%'")
    }
    while let scalar = peek(), Self.isWord(scalar) { i += 1 }
    let word = written(from: start)
    return ConditionToken(kind: .word(word), offset: start, written: word)
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic || "0"..."9" ~= scalar
  }

  private mutating func quotedText(_ start: Int) throws(SyntaxProblem) -> ConditionToken {
    var text = String.UnicodeScalarView()
    i += 1
    while let scalar = peek() {
      i += 1
      if scalar != "'" {
        text.append(scalar)
      } else if peek() == "'" {
        text.append("'")
        i += 1
      } else {
        return ConditionToken(kind: .text(String(text)), offset: start, written: written(from: start))
      }
    }
    throw SyntaxProblem(
      at: start, "a text is never closed", "close it with ', and write '' for a quote in it")
  }

  private mutating func name(_ start: Int) throws(SyntaxProblem) -> ConditionToken {
    var name = String.UnicodeScalarView()
    i += 1
    while let scalar = peek() {
      i += 1
      if scalar != "`" {
        name.append(scalar)
      } else if peek() == "`" {
        name.append("`")
        i += 1
      } else if name.isEmpty {
        break
      } else {
        return ConditionToken(kind: .name(String(name)), offset: start, written: written(from: start))
      }
    }
    throw SyntaxProblem(at: start, "a name in backticks is empty or never closed", "write it as in `name`")
  }

  private mutating func number(_ start: Int) throws(SyntaxProblem) -> ConditionToken {
    if scalars[i] == "-" || scalars[i] == "+" { i += 1 }
    let digits = i
    while let scalar = peek(), "0"..."9" ~= scalar { i += 1 }
    var count = i - digits
    if peek() == "." {
      i += 1
      let fraction = i
      while let scalar = peek(), "0"..."9" ~= scalar { i += 1 }
      count += i - fraction
    }
    let isLong = count > 65
    if count == 0 || isLong || peek().map(Self.isWord) == true || peek() == "." {
      while let scalar = peek(), Self.isWord(scalar) || scalar == "." { i += 1 }
      throw SyntaxProblem(
        at: start, "\(quoted(written(from: start))) is not a number",
        isLong
          ? "give at most 65 digits" : "give an integer or a decimal, as in 42 or -0.5; put texts in quotes")
    }
    let text = written(from: start)
    return ConditionToken(kind: .number(text), offset: start, written: text)
  }
}
