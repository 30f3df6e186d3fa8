/// Where a setting came from, in the words that begin an error line.
struct Origin: Equatable, Sendable, CustomStringConvertible {
  let description: String
  /// The setting was given on the command line, so remedies name flags.
  let isFlag: Bool

  static func flag(_ name: String) -> Origin { Origin(description: "hearthd: \(name)", isFlag: true) }

  static func file(_ path: String, line: Int, key: String) -> Origin {
    Origin(description: "\(path):\(line): \(key)", isFlag: false)
  }

  /// The one form of every error: where, what is wrong, what to do.
  func error(_ problem: String, _ remedy: String) -> ConfigurationError {
    ConfigurationError("\(self): \(problem); \(remedy)")
  }
}

/// A value and where it came from, kept until all values that must fit together are known.
struct Located<Value: Sendable>: Sendable {
  var value: Value
  var origin: Origin

  init(_ value: Value, _ origin: Origin) {
    self.value = value
    self.origin = origin
  }
}
