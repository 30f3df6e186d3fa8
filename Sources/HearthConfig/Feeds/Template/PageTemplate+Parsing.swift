import Mustache

extension PageTemplate {
  /// Sections in sections.
  private static let depthLimit = 32

  /// What a template's mistake is: the line in it, what is wrong, what to do.
  struct Problem: Error, Equatable {
    let line: Int
    let problem: String
    let remedy: String
  }

  /// Checks a template's text. Tags are looked at here first, so that swift-mustache meets nothing unbounded.
  init(text: String, path: String) throws(Problem) {
    var columns: [String] = []
    var lines: [Int] = []
    var uses: [Int] = []
    /// Tags that show what their section is, whichever column that is.
    var ownUses = 0
    var depth = 0
    var line = 1
    var rest = text.utf8[...]
    while let start = Self.find("{{", in: rest) {
      line += rest[..<start].count { $0 == UInt8(ascii: "\n") }
      rest = rest[start...].dropFirst(2)
      let isRaw = rest.first == UInt8(ascii: "{")
      guard let end = Self.find(isRaw ? "}}}" : "}}", in: rest) else {
        throw Problem(line: line, problem: "a tag is never closed", remedy: "close it with }}")
      }
      let tag = rest[..<end]
      switch tag.first {
      case UInt8(ascii: "!"), UInt8(ascii: "%"): break
      case UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "$"), UInt8(ascii: "*"):
        throw Problem(
          line: line, problem: "other templates are not read from here",
          remedy: "write its text in this template")
      case UInt8(ascii: "="):
        throw Problem(line: line, problem: "delimiters stay as they are", remedy: "use {{ and }}")
      case UInt8(ascii: "/"): depth -= 1
      default:
        let sigil = tag.first.map { "#^&{".utf8.contains($0) } ?? false
        if tag.first == UInt8(ascii: "#") || tag.first == UInt8(ascii: "^") { depth += 1 }
        guard depth <= Self.depthLimit else {
          throw Problem(
            line: line, problem: "sections are nested more than \(Self.depthLimit) deep",
            remedy: "flatten them")
        }
        let column = try Self.column(sigil ? tag.dropFirst() : tag, line: line)
        if let column, let known = columns.firstIndex(of: column) {
          uses[known] += 1
        } else if let column {
          columns.append(column)
          lines.append(line)
          uses.append(1)
        } else {
          ownUses += 1
        }
      }
      line += tag.count { $0 == UInt8(ascii: "\n") }
      rest = rest[end...].dropFirst(isRaw ? 3 : 2)
    }
    try Self.parse(text)
    self.init(path: path, text: text, columns: columns, lines: lines, uses: uses.map { $0 + ownUses })
  }

  private static func parse(_ text: String) throws(Problem) {
    do {
      _ = try MustacheTemplate(string: text)
    } catch let error as MustacheTemplate.ParserError {
      throw Problem(
        line: error.context.lineNumber,
        problem: "it is not a Mustache template near \(quoted(error.context.line))",
        remedy: "check that each section is closed with its own name")
    } catch {
      throw Problem(
        line: 1, problem: "it is not a Mustache template",
        remedy: "check that each section is closed with its own name")
    }
  }

  /// The column that a tag's name means: `name`, `.name`, `uppercased(name)`; nil for what the section itself is.
  private static func column(_ tag: Substring.UTF8View, line: Int) throws(Problem) -> String? {
    let text = String(decoding: tag, as: UTF8.self)
    var name = text[...]
    while name.first?.isWhitespace == true { name.removeFirst() }
    while name.last?.isWhitespace == true { name.removeLast() }
    let isTooLong = name.utf8.count > 200
    while let open = name.firstIndex(of: "("), name.last == ")", !isTooLong {
      name = name[name.index(after: open)...].dropLast()
    }
    if name == "." || name.isEmpty && text.contains("(") { return nil }
    let words = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let first = words.first == "" && words.count > 1 ? words[1] : words.first ?? ""
    let isWord = first.unicodeScalars.allSatisfy { scalar in
      scalar == "_" || scalar == "-" || scalar.properties.isAlphabetic || "0"..."9" ~= scalar
    }
    guard !isTooLong, isWord, !first.isEmpty else {
      throw Problem(
        line: line, problem: "\(quoted(text)) is not the name of a column", remedy: "write it as in {{name}}")
    }
    return first
  }

  private static func find(_ word: StaticString, in bytes: Substring.UTF8View) -> Substring.UTF8View.Index? {
    word.withUTF8Buffer { word in
      var i = bytes.startIndex
      while i < bytes.endIndex {
        if bytes[i] == word[0], bytes[i...].starts(with: word) { return i }
        bytes.formIndex(after: &i)
      }
      return nil
    }
  }
}
