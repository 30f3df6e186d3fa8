/// The HTTP interface for operators.
enum AdminFlags {
  static let all: [Flag] = [
    Flag(CommandLineOptions.adminCode, "admin", .required) { (given, draft) throws(ConfigurationError) in
      draft.adminListener = Located(try Draft.adminListener(given.located), given.origin)
    }
  ]
}
