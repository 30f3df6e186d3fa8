/// `process`: the daemon as the system sees it.
enum ProcessSection {
  static let fields: [Field<Draft>] = [
    Field("process") { (entry, draft) throws(ConfigurationError) in try entry.read(settings, into: &draft) }
  ]

  private static let settings: [Field<Draft>] = [
    Field("user") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.user = try filled(try entry.text())
    },
    Field("pid_file") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.pidFile = try filled(try entry.text())
    },
    Field("daemonize") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.daemonize = try entry.boolean()
    },
    Field("core_files") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.coreFiles = try entry.boolean()
    },
  ]

  static func filled(_ text: Located<String>) throws(ConfigurationError) -> String {
    guard !text.value.isEmpty else {
      throw text.origin.error("the text is empty", "give one, or leave this out")
    }
    return text.value
  }
}
