/// `commands`: which of the protocol's commands and features are on.
enum CommandsSection {
  static let fields: [Field<Draft>] = [
    Field("commands") { (entry, draft) throws(ConfigurationError) in try entry.read(commands, into: &draft) }
  ]

  private static let commands: [Field<Draft>] = [
    Field("cas") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.casDisabled = !(try entry.boolean())
    },
    Field("flush_all") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.flushDisabled = !(try entry.boolean())
    },
    Field("dump") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.dumpDisabled = !(try entry.boolean())
    },
    Field("shutdown") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.shutdownEnabled = try entry.boolean()
    },
  ]
}
