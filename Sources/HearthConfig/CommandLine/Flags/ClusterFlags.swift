/// Which node of a cluster this is.
enum ClusterFlags {
  static let all: [Flag] = [
    Flag(CommandLineOptions.nodeCode, "node", .required) { (given, draft) throws(ConfigurationError) in
      draft.ownNode = given.located
    }
  ]
}
