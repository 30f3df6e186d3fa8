@preconcurrency import Glibc
import Synchronization

/// The command line split into flags by glibc's getopt_long, so that clusters (`-vvv`), attached values (`-m64`), long
/// names and their abbreviations are read exactly as memcached reads them. What the flags mean is not looked at here.
struct CommandLineOptions: Sendable {
  /// The flags in the order they were given. After `-h`, `-i` or `-V` nothing more is read, as in memcached.
  private(set) var given: [GivenFlag] = []
  /// Words that belong to no flag; memcached ignores them.
  private(set) var operands: [String] = []

  static let configCode: Unicode.Scalar = "\u{100}"
  static let checkCode: Unicode.Scalar = "\u{101}"
  static let adminCode: Unicode.Scalar = "\u{102}"
  static let nodeCode: Unicode.Scalar = "\u{103}"

  /// Flags that `Invocation` acts on; they change no setting.
  private static let actions: [Flag] = [
    Flag("h", "help") { (_, _) throws(ConfigurationError) in },
    Flag("i", "license") { (_, _) throws(ConfigurationError) in },
    Flag("V", "version") { (_, _) throws(ConfigurationError) in },
    Flag(configCode, "config", .required) { (_, _) throws(ConfigurationError) in },
    Flag(checkCode, "check") { (_, _) throws(ConfigurationError) in },
  ]

  static let flags =
    NetworkFlags.all + MemoryFlags.all + ServerFlags.all + CommandFlags.all + ProcessFlags.all
    + SecurityFlags.all + AdminFlags.all + ClusterFlags.all + [ExtendedOptions.flag] + actions

  /// getopt keeps its place in globals.
  private static let getoptLock = Mutex(())

  /// `arguments` includes the program's name.
  init(_ arguments: [String]) throws(ConfigurationError) {
    let result = Self.getoptLock.withLock { _ in
      var options = CommandLineOptions()
      return Result { () throws(ConfigurationError) in
        try options.scan(arguments.isEmpty ? ["hearthd"] : arguments)
        return options
      }
    }
    self = try result.get()
  }

  private init() {}

  private mutating func scan(_ arguments: [String]) throws(ConfigurationError) {
    // getopt reorders the vector, so the copies are freed from a list of their own.
    let copies = arguments.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    var vector = copies + [nil]
    // The colon asks for ':' where a value is missing.
    var short = ":"
    for flag in Self.flags where flag.code < 256 {
      short += flag.name.dropFirst() + (flag.value == .required ? ":" : "")
    }
    guard let getopt = GetoptLong(Self.flags) else {
      throw ConfigurationError("hearthd: the C library has no getopt_long; install glibc")
    }
    // 0 makes glibc forget an earlier scan; opterr 0 keeps its own messages back.
    optind = 0
    opterr = 0
    while true {
      let code = getopt.next(arguments.count, &vector, short: short)
      if code == -1 { break }
      guard let flag = Self.flags.first(where: { $0.code == code }) else {
        let last = vector[max(0, Int(optind) - 1)].map { String(cString: $0) } ?? ""
        throw Self.failure(missingValue: code == Int32(UInt8(ascii: ":")), culprit: optopt, last: last)
      }
      // memcached skips blanks before a value, as in -m ' 64'.
      let value = optarg.map { String(cString: $0).drop { $0.isWhitespace } } ?? ""
      given.append(GivenFlag(flag: flag, value: String(value)))
      if ["-h", "-i", "-V"].contains(flag.name) { return }
    }
    operands = vector[Int(optind)..<arguments.count].compactMap { $0.map { String(cString: $0) } }
  }

  private static func failure(missingValue: Bool, culprit: Int32, last: String) -> ConfigurationError {
    if let flag = flags.first(where: { $0.code == culprit }) {
      return Origin.flag(flag.name).error(
        missingValue ? "the flag needs a value" : "the flag takes no value",
        missingValue ? "give one after it" : "remove what follows the =")
    }
    if culprit != 0 {
      let scalar = UnicodeScalar(UInt8(truncatingIfNeeded: culprit))
      return ConfigurationError("hearthd: \(quoted("-\(scalar)")): unknown flag; hearthd -h lists them")
    }
    let word = String(last.drop { $0 == "-" }.prefix { $0 != "=" })
    let names = flags.compactMap(\.longName)
    let near = names.filter { $0.hasPrefix(word) }
    let remedy =
      near.count > 1
      ? "did you mean --\(near.joined(separator: " or --"))?"
      : nearestWord(to: word, in: names).map { "did you mean --\($0)?" } ?? "hearthd -h lists them"
    return ConfigurationError("hearthd: \(quoted("--\(word)")): unknown flag; \(remedy)")
  }
}
