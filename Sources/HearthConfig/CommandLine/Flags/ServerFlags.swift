/// Threads, connections and verbosity.
enum ServerFlags {
  static let all: [Flag] = [
    Flag("t", "threads", .required) { (given, draft) throws(ConfigurationError) in
      draft.configuration.threads = try given.integer(1...64).value
    },
    Flag("c", "conn-limit", .required) { (given, draft) throws(ConfigurationError) in
      draft.configuration.connectionLimit = try given.integer(ServerSection.connectionRange).value
    },
    Flag("R", "max-reqs-per-event", .required) { (given, draft) throws(ConfigurationError) in
      draft.configuration.requestsPerEvent = try given.integer(1...1_000_000).value
      draft.note("-R has no meaning here: connections take turns by the bytes they send and get")
    },
    Flag("v", "verbose", .optional) { (_, draft) throws(ConfigurationError) in draft.verboseCount += 1 },
    Flag("N", "napi-ids", .required) { (_, draft) throws(ConfigurationError) in
      draft.note("-N has no meaning here: connections go to the workers in turn")
    },
  ]
}
