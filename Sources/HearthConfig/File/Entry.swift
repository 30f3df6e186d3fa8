import Yams

/// One value of the file with the place it stands at.
struct Entry {
  let file: String
  let line: Int
  /// The path from the root, as in `pools[1].memory`; "" for the root.
  let key: String
  let node: Node

  var origin: Origin {
    key.isEmpty
      ? Origin(description: "\(file):\(line)", isFlag: false) : .file(file, line: line, key: key)
  }

  func error(_ problem: String, _ remedy: String) -> ConfigurationError { origin.error(problem, remedy) }

  /// `key:` with nothing after it, `~` or `null`.
  var isNull: Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else {
      return false
    }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  /// The pairs of a mapping in order; a null is an empty mapping.
  func pairs() throws(ConfigurationError) -> [(key: String, value: Entry)] {
    if isNull { return [] }
    guard case .mapping(let mapping) = node else {
      throw error("it must be a mapping", "write KEY: VALUE lines here")
    }
    var pairs: [(key: String, value: Entry)] = []
    for (name, value) in mapping {
      let line = name.mark?.line ?? line
      guard case .scalar(let scalar) = name else {
        throw Entry(file: file, line: line, key: key, node: name)
          .error("a key must be one word", "write KEY: VALUE lines here")
      }
      let path = key.isEmpty ? scalar.string : "\(key).\(scalar.string)"
      pairs.append((scalar.string, Entry(file: file, line: line, key: path, node: value)))
    }
    return pairs
  }

  /// The members of a list; a null is an empty list.
  func items() throws(ConfigurationError) -> [Entry] {
    if isNull { return [] }
    guard case .sequence(let sequence) = node else {
      throw error("it must be a list", "begin each entry with a dash")
    }
    return sequence.enumerated().map { i, item in
      Entry(file: file, line: item.mark?.line ?? line, key: "\(key)[\(i)]", node: item)
    }
  }
}
