/// `statistics`: the counts per key prefix of `stats detail`.
enum StatisticsSection {
  static let fields: [Field<Draft>] = [
    Field("statistics") { (entry, draft) throws(ConfigurationError) in try entry.read(settings, into: &draft)
    }
  ]

  private static let settings: [Field<Draft>] = [
    Field("detail") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.detailStatistics = try entry.boolean()
    },
    Field("delimiter") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.statisticsDelimiter = try delimiter(try entry.text())
    },
  ]

  /// One byte that can stand in a key.
  static func delimiter(_ text: Located<String>) throws(ConfigurationError) -> UInt8 {
    guard text.value.utf8.count == 1, let byte = text.value.utf8.first, byte > 32, byte < 127 else {
      throw text.origin.error("\(quoted(text.value)) is not one visible ASCII character", "give one, as in :")
    }
    return byte
  }
}
