import HearthConfig

extension Server {
  /// What is wrong with the files that a start with this configuration would read, a line each; nothing is changed.
  public static func problems(_ configuration: Configuration) -> [String] {
    configuration.cluster.map(ClusterState.problems) ?? []
  }
}
