import Yams

extension ConfigurationFile {
  /// Yams' tree of the text, its errors turned into one line each.
  static func compose(_ text: String, path: String) throws(ConfigurationError) -> Node? {
    do {
      return try Parser(yaml: text, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw line(for: error, path: path, text: text)
    } catch {
      throw ConfigurationError("\(path): it is not valid YAML; check it with a YAML checker")
    }
  }

  private static func line(for error: YamlError, path: String, text: String) -> ConfigurationError {
    switch error {
    case .parser(_, let problem, let mark, _) where problem.hasPrefix("Maximum nesting level"):
      return ConfigurationError(
        "\(path):\(mark.line): it is nested too deeply; a configuration has nine levels")
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
      let lines = text.split(separator: "\n", maxSplits: mark.line, omittingEmptySubsequences: false)
      let indentation =
        mark.line <= lines.count ? lines[mark.line - 1].prefix { $0 == " " || $0 == "\t" } : ""
      let remedy =
        indentation.contains("\t")
        ? "indent with spaces, not tabs"
        : "check the indentation, colons and quotes before column \(mark.column)"
      let detail = context.map { "\($0.text), \(problem)" } ?? problem
      return ConfigurationError("\(path):\(mark.line): not valid YAML, \(detail); \(remedy)")
    case .composer(_, let problem, let mark, _):
      let isSecond = problem.contains("another document")
      return ConfigurationError(
        isSecond
          ? "\(path):\(mark.line): there is a second document; keep one, without --- lines between"
          : "\(path):\(mark.line): not valid YAML, \(problem); write the value out")
    case .duplicatedKeysInMapping(let duplicates, let context):
      let key = duplicates.first ?? ""
      return ConfigurationError(
        "\(path):\(context.mark.line): \(quoted(key).dropFirst().dropLast()): the key is given more than once; "
          + "keep one of them")
    case .reader(let problem, _, _, _):
      return ConfigurationError("\(path): it is not text, \(problem); save it as UTF-8 text")
    default:
      return ConfigurationError("\(path): it is not valid YAML; check it with a YAML checker")
    }
  }
}
