/// The daemon as the system sees it.
enum ProcessFlags {
  static let all: [Flag] = [
    Flag("d", "daemon") { (_, draft) throws(ConfigurationError) in draft.configuration.daemonize = true },
    Flag("r", "enable-coredumps") { (_, draft) throws(ConfigurationError) in
      draft.configuration.coreFiles = true
    },
    Flag("u", "user", .required) { (given, draft) throws(ConfigurationError) in
      draft.configuration.user = try ProcessSection.filled(given.located)
    },
    Flag("P", "pidfile", .required) { (given, draft) throws(ConfigurationError) in
      draft.configuration.pidFile = try ProcessSection.filled(given.located)
    },
  ]
}
