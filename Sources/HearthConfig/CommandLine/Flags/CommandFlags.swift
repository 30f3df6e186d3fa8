/// Which commands and features of the protocol are on.
enum CommandFlags {
  static let all: [Flag] = [
    Flag("A", "enable-shutdown") { (_, draft) throws(ConfigurationError) in
      draft.configuration.shutdownEnabled = true
    },
    Flag("C", "disable-cas") { (_, draft) throws(ConfigurationError) in draft.configuration.casDisabled = true
    },
    Flag("F", "disable-flush-all") { (_, draft) throws(ConfigurationError) in
      draft.configuration.flushDisabled = true
    },
    Flag("X", "disable-dumping") { (_, draft) throws(ConfigurationError) in
      draft.configuration.dumpDisabled = true
    },
    Flag("W", "disable-watch") { (_, draft) throws(ConfigurationError) in
      draft.note("-W has no meaning here: there are no watch commands")
    },
    Flag("D", nil, .required) { (given, draft) throws(ConfigurationError) in
      draft.configuration.statisticsDelimiter = try StatisticsSection.delimiter(given.located)
      draft.configuration.detailStatistics = true
    },
  ]
}
