/// Threads, connections and verbosity.
enum ServerSection {
  /// Seconds; a day.
  static let idleRange = 0...86400
  static let connectionRange = 1...1_000_000

  static let fields: [Field<Draft>] = [
    Field("threads") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.threads = try entry.integer(1...64).value
    },
    Field("connection_limit") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.connectionLimit = try entry.integer(connectionRange).value
    },
    Field("idle_timeout") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.idleTimeout = try entry.duration(idleRange).value
    },
    Field("requests_per_event") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.requestsPerEvent = try entry.integer(1...1_000_000).value
    },
    Field("verbosity") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.verbosity = try entry.integer(0...3).value
    },
  ]
}
