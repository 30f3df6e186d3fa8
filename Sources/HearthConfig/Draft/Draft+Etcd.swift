extension Draft {
  /// The etcd that keeps a cluster's view.
  static func finish(_ written: EtcdDraft) throws(ConfigurationError) -> ClusterConfiguration.Etcd {
    guard !written.endpoints.isEmpty else {
      throw written.origin.error("it has no endpoints", "add endpoints:, for example [10.0.0.9:2379]")
    }
    var endpoints: [ClusterConfiguration.Address] = []
    for endpoint in written.endpoints {
      guard !endpoints.contains(endpoint.value) else {
        throw endpoint.origin.error("\(endpoint.value) is there already", "name each member once")
      }
      endpoints.append(endpoint.value)
    }
    if let user = written.user, written.passwordFile == nil {
      throw user.origin.error(
        "the user has no password", "add password_file: with the path of a file that only hearthd can read")
    }
    if let file = written.passwordFile, written.user == nil {
      throw file.origin.error("there is no user whose password it could be", "add user:, or remove the key")
    }
    var etcd = ClusterConfiguration.Etcd(endpoints: endpoints)
    if let prefix = written.prefix { etcd.prefix = prefix }
    etcd.user = written.user?.value
    etcd.passwordFile = written.passwordFile?.value
    if let timeout = written.timeout { etcd.timeout = timeout }
    return etcd
  }
}
