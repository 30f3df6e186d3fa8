/// One key of a mapping and what its value does to the target. A section of the file is a list of fields.
struct Field<Target>: Sendable {
  typealias Reader = @Sendable (Entry, inout Target) throws(ConfigurationError) -> Void

  let key: String
  let read: Reader

  init(_ key: String, _ read: @escaping Reader) {
    self.key = key
    self.read = read
  }
}

extension Entry {
  /// Hands each pair of this mapping to its field; a key without one is an error that names the nearest.
  func read<Target>(_ fields: [Field<Target>], into target: inout Target) throws(ConfigurationError) {
    for (key, entry) in try pairs() {
      guard let field = fields.first(where: { $0.key == key }) else {
        let known = fields.map(\.key)
        let remedy =
          nearestWord(to: key, in: known).map { "did you mean \($0)?" }
          ?? "the keys here are \(known.joined(separator: ", "))"
        let shown = Entry(
          file: file, line: entry.line, key: String(quoted(entry.key).dropFirst().dropLast()),
          node: entry.node)
        throw shown.error("unknown key", remedy)
      }
      try field.read(entry, &target)
    }
  }
}
