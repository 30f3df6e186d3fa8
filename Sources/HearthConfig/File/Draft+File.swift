extension Draft {
  /// Every key of the top level. A section is one file; a new one is added here.
  private static let fields =
    ListenersSection.fields + ServerSection.fields + MemorySection.fields + PoolsSection.fields
    + GenerationsSection.fields + MutexSection.fields + CommandsSection.fields + StatisticsSection.fields
    + ProcessSection.fields + AdminSection.fields + FeedsSection.fields + ClusterSection.fields

  /// Takes over what the file says; nil is an empty file.
  mutating func apply(_ root: Entry?) throws(ConfigurationError) {
    guard let root, !root.isNull else { return }
    try root.read(Self.fields, into: &self)
  }
}
