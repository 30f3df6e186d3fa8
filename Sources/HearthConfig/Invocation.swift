/// What a command line asks hearthd to do.
public enum Invocation: Sendable, Equatable {
  /// Print the text to standard output and exit 0 (`-h`, `-i`).
  case help(String)
  /// Print the line to standard output and exit 0 (`-V`).
  case version(String)
  /// Print the notes to standard error, one a line, and serve.
  case run(Configuration, notes: [String])
  /// `--check`: print the notes to standard error and the report to standard output and exit 0, unless what the configuration
  /// names does not fit it.
  case check(Configuration, report: String, notes: [String])

  /// Reads the command line and the file that `--config` names; flags override the file. The file is read anew each
  /// time, so the same call serves a reload.
  ///
  /// - Parameters:
  ///   - arguments: The whole argument vector, the program's name included.
  ///   - directory: Where a relative `--config` path starts; nil is the current directory. A daemon that has left its
  ///     starting directory gives it here to reload.
  /// - Throws: One line for standard error; the exit status is 2.
  public static func parse(
    _ arguments: [String], directory: String? = nil
  ) throws(ConfigurationError) -> Invocation {
    let options = try CommandLineOptions(arguments)
    if let last = options.given.last {
      switch last.flag.name {
      case "-h": return .help(HelpText.usage)
      case "-i": return .help(HelpText.license)
      case "-V": return .version("hearthd \(hearthVersion)")
      default: break
      }
    }

    var draft = Draft()
    var file: String?
    for given in options.given where given.flag.name == "--config" {
      guard file == nil else { throw given.origin.error("there are two files", "give one") }
      file = try ProcessSection.filled(given.located)
    }
    if let file {
      let path = directory.flatMap { file.hasPrefix("/") ? nil : "\($0)/\(file)" } ?? file
      try draft.apply(try ConfigurationFile.load(path))
    }
    for given in options.given { try given.flag.apply(given, &draft) }
    for operand in options.operands { draft.note("\(quoted(operand)) belongs to no flag and is ignored") }

    let configuration = try draft.finish()
    if options.given.contains(where: { $0.flag.name == "--check" }) {
      return .check(
        configuration, report: "\(file ?? "command line"): configuration is valid", notes: draft.notes)
    }
    return .run(configuration, notes: draft.notes)
  }
}
