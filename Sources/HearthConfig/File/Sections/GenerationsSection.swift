/// `generations`: how clients name groups of keys, in the pools that keep generations.
enum GenerationsSection {
  static let fields: [Field<Draft>] = [
    Field("generations") { (entry, draft) throws(ConfigurationError) in
      try entry.read(settings, into: &draft)
    }
  ]

  private static let settings: [Field<Draft>] = [
    Field("prefix") { (entry, draft) throws(ConfigurationError) in
      let prefix = try entry.text(as: "the bytes a group's counter begins with", "gen/")
      let bytes = prefix.value.utf8
      guard bytes.count <= 64, bytes.allSatisfy({ $0 > 32 && $0 < 127 }) else {
        throw prefix.origin.error(
          "\(quoted(prefix.value)) cannot begin a key", "use at most 64 visible ASCII characters, as in gen/")
      }
      draft.configuration.generationPrefix = prefix.value
    },
    Field("delimiter") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.generationDelimiter = try StatisticsSection.delimiter(try entry.text())
    },
  ]
}
